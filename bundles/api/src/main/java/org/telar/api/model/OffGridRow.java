package org.telar.api.model;

import java.time.Instant;
import java.util.Arrays;

/**
 * A row off the grid, or a second one in its slot (power cut, clock change): kept with its own time, never rounded,
 * summed or dropped (D4).
 *
 * @param at the row's own stamp, UTC
 * @param status raw profile status word, not negative
 * @param values unscaled values in the order of the block's columns, {@link Column#ABSENT} where there is none
 */
public record OffGridRow(Instant at, int status, long[] values) {
    @Override
    public boolean equals(Object o) {
        return o instanceof OffGridRow r && at.equals(r.at) && status == r.status && Arrays.equals(values, r.values);
    }

    @Override
    public int hashCode() {
        return 31 * at.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return at + " status " + status + " " + Arrays.toString(values);
    }
}
