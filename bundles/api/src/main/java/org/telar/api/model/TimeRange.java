package org.telar.api.model;

import java.time.Instant;

/**
 * A range of interval ends: {@code from} exclusive, {@code to} inclusive, so that the intervals of a range touch those
 * of the next one without an overlap.
 */
public record TimeRange(Instant from, Instant to) {
    public TimeRange {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("empty time range: from " + from + " to " + to);
        }
    }

    public boolean contains(Instant end) {
        return end.isAfter(from) && !end.isAfter(to);
    }
}
