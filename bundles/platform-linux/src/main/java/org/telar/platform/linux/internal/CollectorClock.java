package org.telar.platform.linux.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.CollectorTime;

/**
 * Trusts the host clock while the host says it is synchronised (or cannot say) and the collector's clock, seen in its
 * acknowledgements, was within 5 s of it (D2). A sighting ages: after a day without one, nothing is trusted. A jump of
 * the host clock ends the trust at once. Thread-safe.
 */
final class CollectorClock implements ClockTrust, CollectorTime {
    static final Duration LIMIT = Duration.ofSeconds(5);
    static final Duration FRESH = Duration.ofHours(24);

    private record Sighting(Duration offset, Instant host, long nanos) {}

    private final Supplier<TimeSynchronisation.State> host;
    private final Supplier<Instant> clock;
    private final LongSupplier nanos;
    private volatile Sighting last;

    CollectorClock(Supplier<TimeSynchronisation.State> host, Supplier<Instant> clock, LongSupplier nanos) {
        this.host = host;
        this.clock = clock;
        this.nanos = nanos;
    }

    @Override
    public void seen(Instant collectorTime, Instant hostTime) {
        last = new Sighting(Duration.between(collectorTime, hostTime), hostTime, nanos.getAsLong());
    }

    @Override
    public boolean isTrusted() {
        return reason().isEmpty();
    }

    @Override
    public String reason() {
        Sighting s = last;
        if (s == null) {
            return "the collector's clock has not been seen yet";
        }
        if (host.get() == TimeSynchronisation.State.NO) {
            return "the host says that its clock is not synchronised";
        }
        long age = nanos.getAsLong() - s.nanos();
        if (age > FRESH.toNanos()) {
            return "the collector's clock was last seen more than " + FRESH.toHours() + " h ago";
        }
        if (s.offset().abs().compareTo(LIMIT) > 0) {
            return "the host clock is " + s.offset().toSeconds() + " s off the collector's";
        }
        // The monotonic clock tells whether the host clock has jumped since.
        Duration jump = Duration.between(s.host().plusNanos(age), clock.get());
        return jump.abs().compareTo(LIMIT) > 0
                ? "the host clock jumped by " + jump.toSeconds() + " s since the collector's was seen"
                : "";
    }
}
