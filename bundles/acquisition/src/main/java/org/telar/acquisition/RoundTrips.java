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

    private static final int MOST_GROWTHS = 2;

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
    private final Map<MeterId, Smoothed> associations = new HashMap<>();
    private Smoothed ofMedium;
    private Smoothed ofAssociations;

    RoundTrips(Timeouts bounds) {
        this.bounds = bounds;
    }

    /** A read of profile slots was answered. Other reads are short and say nothing about how long a day takes. */
    void answered(MeterId meter, Exchanges exchanges) {
        if (exchanges.count() > 0) {
            ofMedium = learn(smoothed, meter, ofMedium, exchanges);
        }
    }

    /** An association was answered: its exchanges are short, whatever is read afterwards. */
    void associated(MeterId meter, Exchanges exchanges) {
        if (exchanges.count() > 0) {
            ofAssociations = learn(associations, meter, ofAssociations, exchanges);
        }
    }

    private static Smoothed learn(Map<MeterId, Smoothed> of, MeterId meter, Smoothed ofMedium, Exchanges exchanges) {
        Smoothed now = new Smoothed((double) exchanges.airtime() / exchanges.count(), exchanges.longest());
        of.merge(meter, now, Smoothed::and);
        return ofMedium == null ? now : ofMedium.and(now);
    }

    /** @param misses unanswered visits in a row, 0 when the last one was answered */
    Duration timeout(MeterId meter, int misses) {
        return bounded(smoothed.getOrDefault(meter, ofMedium), misses);
    }

    /**
     * The wait for an answer while associating. It does not grow with the misses that make a meter UNREACHED: they come
     * one after another, and a mute meter would hold the medium for longer each time. The rare probes after that are
     * patient, so that a meter much slower than its neighbours is found.
     */
    Duration associationTimeout(MeterId meter, boolean unreached) {
        return bounded(associations.getOrDefault(meter, ofAssociations), unreached ? MOST_GROWTHS : 0);
    }

    private Duration bounded(Smoothed known, int misses) {
        double base = known == null ? bounds.first().toNanos() : known.patience();
        double wait = Math.max(base, bounds.min().toNanos()) * Math.pow(GROWTH, Math.min(misses, MOST_GROWTHS));
        return Duration.ofNanos((long) Math.min(wait, bounds.max().toNanos()));
    }
}
