package org.telar.concentrator.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;

import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;

/**
 * Notices when the civil clock and the monotonic one no longer agree (R12 of reliability, fault 20): a jump is an event,
 * and nothing is re-stamped because of it. One thread.
 */
public final class ClockWatch {
    /** Slower corrections, as of NTP, and a suspended machine's tick pass unnoticed. */
    static final Duration JUMP = Duration.ofSeconds(30);

    private final Clock clock;
    private final LongSupplier nanos;
    private final EventSink events;
    private Instant lastCivil;
    private long lastNanos;

    /** @param nanos monotonic time, as {@link System#nanoTime} */
    public ClockWatch(Clock clock, LongSupplier nanos, EventSink events) {
        this.clock = clock;
        this.nanos = nanos;
        this.events = events;
        this.lastCivil = clock.instant();
        this.lastNanos = nanos.getAsLong();
    }

    /** Compares; called about once a second. */
    public void look() {
        Instant civil = clock.instant();
        long now = nanos.getAsLong();
        Duration jump = Duration.between(lastCivil, civil).minusNanos(now - lastNanos);
        Instant before = lastCivil;
        lastCivil = civil;
        lastNanos = now;
        if (jump.abs().compareTo(JUMP) >= 0) {
            events.event(
                    "CLOCK_JUMP",
                    Severity.WARNING,
                    "The clock jumped by " + jump.toSeconds() + " s, from " + before + " to " + civil
                            + ". What is stored keeps its stamps.",
                    Map.of(
                            "seconds",
                            Long.toString(jump.toSeconds()),
                            "before",
                            before.toString(),
                            "after",
                            civil.toString()));
        }
    }
}
