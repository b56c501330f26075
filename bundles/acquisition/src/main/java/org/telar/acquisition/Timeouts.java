package org.telar.acquisition;

import java.time.Duration;

/**
 * Bounds of the wait for one response. The wait itself is learned: 4 × the smoothed round trip, within the bounds.
 *
 * @param first while no round trip of the meter or its medium is known
 * @param min never less
 * @param max never more
 */
public record Timeouts(Duration first, Duration min, Duration max) {
    /** For media whose delay nobody told us: PLC and radio with several hops. */
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(40));

    public Timeouts {
        if (min.isNegative() || min.isZero() || min.compareTo(max) > 0) {
            throw new IllegalArgumentException("timeouts: 0 < min <= max expected, got min " + min + ", max " + max);
        }
        first = first.compareTo(min) < 0 ? min : first.compareTo(max) > 0 ? max : first;
    }
}
