package org.telar.concentrator.internal.load;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.platform.ClockTrust;
import org.telar.concentrator.internal.load.ClockRules.Action;

import static org.assertj.core.api.Assertions.assertThat;

/** Whose clock, and when it may be written (D2, R91). */
class ClockRulesTest {
    private static final ZoneId SANTIAGO = ZoneId.of("America/Santiago");
    private static final Duration QUARTER = Duration.ofMinutes(15);
    /** 07:08 local, far from a capture and from midnight. */
    private static final Instant QUIET = Instant.parse("2026-11-20T10:08:00Z");

    @ParameterizedTest(name = "D2: {0} s off, operator {1}: {2}")
    @CsvSource({
        "0, false, NOTHING",
        "-30, false, NOTHING",
        "31, false, WARN",
        "59, false, WARN",
        "60, false, SHIFT",
        "-200, false, SHIFT",
        "-601, false, ALARM",
        "601, false, ALARM",
        "900, true, SHIFT",
        "86400, true, SET",
        "20, true, SHIFT",
        "0, true, NOTHING"
    })
    void limits(long seconds, boolean operator, Action expected) {
        assertThat(decide(seconds, QUIET, trusted(), operator)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "D2: at {0} a correction of 100 s waits: {1}")
    @CsvSource({
        "2026-11-20T10:16:00Z, POSTPONE",
        "2026-11-20T10:13:30Z, POSTPONE",
        "2026-11-20T10:08:00Z, SHIFT",
        "2026-11-20T10:11:30Z, POSTPONE",
        "2026-11-20T02:50:00Z, POSTPONE",
        "2026-11-20T03:10:00Z, POSTPONE",
        "2026-11-20T03:20:00Z, SHIFT"
    })
    void quietTimes(String now, Action expected) {
        assertThat(decide(100, Instant.parse(now), trusted(), false)).isEqualTo(expected);
    }

    @Test
    @DisplayName("D2 F20: a gateway that wakes up in 1970 writes no clock, not even for an operator")
    void untrusted() {
        ClockTrust none = new ClockTrust() {
            @Override
            public boolean isTrusted() {
                return false;
            }

            @Override
            public String reason() {
                return "the collector's clock has not been seen yet";
            }
        };
        Instant dawn = Instant.parse("1970-01-01T10:08:00Z");
        assertThat(decide(-1_800_000_000L, dawn, none, false)).isEqualTo(Action.UNTRUSTED);
        assertThat(decide(-1_800_000_000L, dawn, none, true)).isEqualTo(Action.UNTRUSTED);
    }

    private static Action decide(long seconds, Instant now, ClockTrust trust, boolean operator) {
        return ClockRules.decide(Duration.ofSeconds(seconds), now, SANTIAGO, QUARTER, trust, operator)
                .action();
    }

    static ClockTrust trusted() {
        return new ClockTrust() {
            @Override
            public boolean isTrusted() {
                return true;
            }

            @Override
            public String reason() {
                return "";
            }
        };
    }
}
