package org.telar.acquisition;

import java.time.Duration;

/**
 * Recent airtime of a medium by what it was used for, as decaying sums, so that shares speak of the last minutes. Not
 * thread-safe: its owner locks.
 */
final class AirtimeShares {
    /** Share of airtime that the daily load keeps against a flood of more urgent jobs. */
    private static final double LOAD_SHARE = 0.2;

    private static final double DECAY_NANOS = Duration.ofMinutes(5).toNanos();

    private double all;
    private double load;
    private double retries;
    private long last;

    void add(Priority lane, boolean retry, long airtime, long now) {
        double fade = Math.exp(-Math.max(0, now - last) / DECAY_NANOS);
        last = now;
        all = all * fade + airtime;
        load = load * fade + (lane.keepsShare() ? airtime : 0);
        retries = retries * fade + (retry ? airtime : 0);
    }

    /** True when the load had less than its share. */
    boolean isLoadOwed() {
        return load < LOAD_SHARE * all;
    }

    /** Share of retries and probes, 0..1. */
    double ofRetries() {
        return all == 0 ? 0 : retries / all;
    }
}
