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
    /** A visit has short and long exchanges and one timeout for all: the long ones must fit as well. */
    private static final double FACTOR_OF_LONGEST = 2;
    /** Each miss in a row waits half as long again: a slow meter is found, a mute one costs little. */
    private static final double GROWTH = 1.5;

    private record Smoothed(double mean, double longest) {
        Smoothed and(Smoothed now) {
            return new Smoothed(mean + GAIN * (now.mean - mean), longest + GAIN * (now.longest - longest));
        }

        double patience() {
            return Math.max(FACTOR * mean, FACTOR_OF_LONGEST * longest);
        }
    }

    private final Timeouts bounds;
    private final Map<MeterId, Smoothed> smoothed = new HashMap<>();
    private Smoothed ofMedium;
    private Smoothed ofAssociations;

    RoundTrips(Timeouts bounds) {
        this.bounds = bounds;
    }

    void answered(MeterId meter, Exchanges exchanges) {
        if (exchanges.count() == 0) {
            return;
        }
        Smoothed now = new Smoothed((double) exchanges.airtime() / exchanges.count(), exchanges.longest());
        smoothed.merge(meter, now, Smoothed::and);
        ofMedium = ofMedium == null ? now : ofMedium.and(now);
    }

    /** An association was answered: its exchanges are short, whatever is read afterwards. */
    void associated(Exchanges exchanges) {
        if (exchanges.count() > 0) {
            Smoothed now = new Smoothed((double) exchanges.airtime() / exchanges.count(), exchanges.longest());
            ofAssociations = ofAssociations == null ? now : ofAssociations.and(now);
        }
    }

    /** @param misses unanswered visits in a row, 0 when the last one was answered */
    Duration timeout(MeterId meter, int misses) {
        return bounded(smoothed.getOrDefault(meter, ofMedium), misses);
    }

    /** The wait for an answer while associating; a mute meter costs this and no more. */
    Duration associationTimeout(int misses) {
        return bounded(ofAssociations, misses);
    }

    private Duration bounded(Smoothed known, int misses) {
        double base = known == null ? bounds.first().toNanos() : known.patience();
        double wait = Math.max(base, bounds.min().toNanos()) * Math.pow(GROWTH, Math.min(misses, 2));
        return Duration.ofNanos((long) Math.min(wait, bounds.max().toNanos()));
    }
}
