package org.telar.collector.validation;

import java.math.BigDecimal;

/**
 * One channel's day as the Legacy database holds it.
 *
 * @param day local day, as days since 1970
 * @param first UTC second of the first slot's end
 * @param step seconds
 * @param values unscaled; {@link #ABSENT} = no value
 * @param quality codes of each slot; empty = nobody said anything about the slot
 * @param readAt UTC second of the newest reading at the edge
 * @param register captured registers, not increments (D7)
 * @param importing active energy taken from the net
 */
record HeldDay(
        int day,
        int meter,
        short type,
        long first,
        int step,
        int scaler,
        long[] values,
        String[] quality,
        long readAt,
        boolean register,
        boolean importing) {
    static final long ABSENT = Long.MIN_VALUE;

    int size() {
        return values.length;
    }

    boolean absent(int slot) {
        return values[slot] == ABSENT;
    }

    /** No value, and nobody said that there is none. */
    boolean unknown(int slot) {
        return absent(slot) && quality[slot].isEmpty();
    }

    /** UTC second of a slot's end. */
    long end(int slot) {
        return first + (long) slot * step;
    }

    /** The last slot that something is known about; -1 if there is none. */
    int lastKnown() {
        int last = size() - 1;
        while (last >= 0 && unknown(last)) {
            last--;
        }
        return last;
    }

    BigDecimal value(int slot) {
        return BigDecimal.valueOf(values[slot], -scaler).stripTrailingZeros();
    }
}
