package org.telar.collector.integration.loader;

import java.util.Arrays;
import java.util.Optional;

import org.telar.collector.integration.cim.Decimal;

/**
 * The slots of one meter, reading type and local day: values with a common power of ten, quality, and when each was
 * read. Not thread-safe.
 */
final class Slots {
    /** No value in the slot. */
    static final long ABSENT = Long.MIN_VALUE;
    /** Nothing is known about the slot: no value, and nobody said that it is missing. */
    static final short UNKNOWN = 0;

    /** The unscaled value that stands for a number beyond 64 bits: cannot occur. */
    private static final int FINEST = -40;

    /** UTC second of the first slot's end. */
    final long first;

    final int step;
    final long[] value;
    final short[] quality;
    final long[] readAt;
    int scaler;
    int revision = 1;

    Slots(long first, int step, int count, int scaler) {
        this.first = first;
        this.step = step;
        this.scaler = scaler;
        this.value = new long[count];
        this.quality = new short[count];
        this.readAt = new long[count];
        Arrays.fill(value, ABSENT);
    }

    int size() {
        return value.length;
    }

    boolean empty(int slot) {
        return value[slot] == ABSENT;
    }

    long end(int slot) {
        return first + (long) slot * step;
    }

    int present() {
        int n = 0;
        for (long v : value) {
            n += v == ABSENT ? 0 : 1;
        }
        return n;
    }

    /**
     * Brings the values to a finer power of ten.
     *
     * @return false, and nothing changed, when one would not fit into 64 bits
     */
    boolean rescale(int finer) {
        if (finer >= scaler) {
            return true;
        }
        if (finer < FINEST) {
            return false;
        }
        long[] scaled = new long[value.length];
        for (int i = 0; i < value.length; i++) {
            Optional<Long> v = value[i] == ABSENT ? Optional.of(ABSENT) : Decimal.rescale(value[i], scaler, finer);
            if (v.isEmpty()) {
                return false;
            }
            scaled[i] = v.get();
        }
        System.arraycopy(scaled, 0, value, 0, scaled.length);
        scaler = finer;
        return true;
    }

    /** Puts a value given in 10^exponent into a slot; false when it cannot be represented beside the others. */
    boolean put(int slot, long unscaled, int exponent, short q, long at) {
        long v = unscaled;
        int e = exponent;
        while (e < scaler && v % 10 == 0 && v != 0) {
            v /= 10;
            e++;
        }
        if (v == 0) {
            e = scaler;
        }
        if (!rescale(e)) {
            return false;
        }
        Optional<Long> scaled = Decimal.rescale(v, e, scaler);
        if (scaled.isEmpty() || scaled.get() == ABSENT) {
            return false;
        }
        set(slot, scaled.get(), q, at);
        return true;
    }

    void set(int slot, long v, short q, long at) {
        value[slot] = v;
        quality[slot] = q;
        readAt[slot] = at;
    }
}
