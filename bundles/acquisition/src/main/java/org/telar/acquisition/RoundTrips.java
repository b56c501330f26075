package org.telar.acquisition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.telar.api.model.MeterId;

/**
 * Learns how long the meters of one medium take to answer. A meter without a history takes the medium's. Only answered
 * exchanges count (Karn): a timeout says nothing about the round trip. Not thread-safe: its owner locks.
 */
final class RoundTrips {
    private static final double GAIN = 0.125;
    private static final double FACTOR = 4;
    /** Each miss in a row waits half as long again: a slow meter is found, a mute one costs little. */
    private static final double GROWTH = 1.5;

    private final Timeouts bounds;
    private final Map<MeterId, Double> smoothed = new HashMap<>();
    private double ofMedium;

    RoundTrips(Timeouts bounds) {
        this.bounds = bounds;
    }

    void answered(MeterId meter, long nanos) {
        smoothed.merge(meter, (double) nanos, RoundTrips::smooth);
        ofMedium = ofMedium == 0 ? nanos : smooth(ofMedium, nanos);
    }

    private static double smooth(double old, double now) {
        return old + GAIN * (now - old);
    }

    /** @param misses unanswered visits in a row, 0 when the last one was answered */
    Duration timeout(MeterId meter, int misses) {
        double known = smoothed.getOrDefault(meter, ofMedium);
        double base = known == 0 ? bounds.first().toNanos() : FACTOR * known;
        double wait = Math.max(base, bounds.min().toNanos()) * Math.pow(GROWTH, Math.min(misses, 2));
        return Duration.ofNanos((long) Math.min(wait, bounds.max().toNanos()));
    }

    /** Smoothed round trip of the whole medium in nanoseconds, 0 before the first answer. */
    double ofMedium() {
        return ofMedium;
    }
}
