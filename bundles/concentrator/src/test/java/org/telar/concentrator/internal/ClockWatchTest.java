package org.telar.concentrator.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClockWatchTest {
    private static final Instant START = Instant.parse("2026-09-05T12:00:00Z");

    private final List<String> events = new ArrayList<>();
    private Instant civil = START;
    private long nanos;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return civil;
        }
    };

    private final ClockWatch watch = new ClockWatch(
            clock,
            () -> nanos,
            (code, severity, meter, text, detail) -> events.add(code + " " + detail.get("seconds")));

    private void pass(Duration real, Duration byTheClock) {
        nanos += real.toNanos();
        civil = civil.plus(byTheClock);
        watch.look();
    }

    @Test
    @DisplayName("F20 R12: a jump ahead, back, to 1970 or by 400 days is one event each, with how far")
    void jumps() {
        pass(Duration.ofSeconds(1), Duration.ofHours(1).plusSeconds(1));
        pass(Duration.ofSeconds(1), Duration.ofHours(-1).plusSeconds(1));
        pass(Duration.ofSeconds(1), Duration.ofSeconds(1));
        pass(Duration.ofSeconds(1), Duration.between(civil, Instant.EPOCH));
        pass(Duration.ofSeconds(1), Duration.ofDays(400));
        assertThat(events)
                .hasSize(4)
                .startsWith("CLOCK_JUMP 3600", "CLOCK_JUMP -3600")
                .endsWith("CLOCK_JUMP 34559999");
    }

    @Test
    @DisplayName("F20: a slow correction, a late tick and a machine that slept are no jump")
    void noJump() {
        pass(Duration.ofSeconds(1), Duration.ofMillis(900));
        pass(Duration.ofMinutes(5), Duration.ofMinutes(5).plusSeconds(3));
        pass(Duration.ofSeconds(1), Duration.ofSeconds(20));
        assertThat(events).isEmpty();
    }
}
