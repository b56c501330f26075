package org.telar.api.model;

import java.util.Arrays;

/**
 * One channel of a {@link ProfileBlock}: a value per slot.
 *
 * @param channel the captured object's OBIS code; D = 29 holds increments, D = 8 registers (D7)
 * @param unit scaler and unit; a change of either starts a new block (D4)
 * @param values unscaled values, one a slot; {@link #ABSENT} where the slot has no value. Not copied: do not modify.
 */
public record Column(Obis channel, Unit unit, long[] values) {
    /** No value. No register of a meter can hold it. */
    public static final long ABSENT = Long.MIN_VALUE;

    @Override
    public boolean equals(Object o) {
        return o instanceof Column c
                && channel.equals(c.channel)
                && unit.equals(c.unit)
                && Arrays.equals(values, c.values);
    }

    @Override
    public int hashCode() {
        return 31 * channel.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return channel + " " + unit + " " + Arrays.toString(values);
    }
}
