package org.telar.uplink.mqtt.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that grow and are drawn at random over their whole range, so that thousands of gateways do not return together
 * (R10). Not thread-safe.
 */
final class BackOff {
    private final long min;
    private final long max;
    private final RandomGenerator random;
    private int failures;

    BackOff(Duration min, Duration max, RandomGenerator random) {
        this.min = min.toNanos();
        this.max = max.toNanos();
        this.random = random;
    }

    /** The pause before the next attempt, between the minimum and what the number of failures allows. */
    Duration next() {
        long ceiling = Math.min(max, min << Math.min(failures + 1, 20));
        failures++;
        return Duration.ofNanos(ceiling <= min ? min : random.nextLong(min, ceiling + 1));
    }

    void reset() {
        failures = 0;
    }
}
