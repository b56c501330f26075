package org.telar.api.store;

import java.util.List;

/**
 * What the collector has committed of an epoch.
 *
 * @param epoch the epoch it speaks of
 * @param highWater every sequence up to and including this one is committed
 * @param beyond committed ranges above the high-water, ascending
 */
public record Acknowledgement(long epoch, long highWater, List<Range> beyond) {
    public Acknowledgement {
        beyond = List.copyOf(beyond);
    }

    /** Sequences {@code first..last}, both included. */
    public record Range(long first, long last) {
        public Range {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("bad sequence range " + first + ".." + last);
            }
        }
    }
}
