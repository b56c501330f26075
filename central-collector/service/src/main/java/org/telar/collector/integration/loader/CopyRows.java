package org.telar.collector.integration.loader;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Rows in PostgreSQL's binary COPY format: the quickest way in, and no text to quote. Not thread-safe. */
final class CopyRows {
    /** Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
    private static final int EPOCH_DAY = 10_957;

    private static final long EPOCH_SECOND = EPOCH_DAY * 86_400L;
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int INT2 = 21;
    private static final int INT4 = 23;
    private static final int INT8 = 20;

    private byte[] bytes = new byte[1 << 16];
    private int size;

    CopyRows() {
        clear();
    }

    void clear() {
        size = 0;
        room(19);
        System.arraycopy(SIGNATURE, 0, bytes, 0, SIGNATURE.length);
        size = SIGNATURE.length;
        put4(0);
        put4(0);
    }

    void row(int fields) {
        room(2);
        put2(fields);
    }

    void date(int epochDay) {
        int4(epochDay - EPOCH_DAY);
    }

    void timestamp(long epochSecond) {
        int8((epochSecond - EPOCH_SECOND) * 1_000_000L);
    }

    void int2(int v) {
        room(6);
        put4(2);
        put2(v);
    }

    void int4(int v) {
        room(8);
        put4(4);
        put4(v);
    }

    void int8(long v) {
        room(12);
        put4(8);
        put8(v);
    }

    void nothing() {
        room(4);
        put4(-1);
    }

    /** int[] of value − base; NULL where the value is absent. */
    void int4s(long[] values, long base) {
        int at = array(INT4, values.length, 8);
        for (long v : values) {
            if (v == Slots.ABSENT) {
                put4(-1);
            } else {
                put4(4);
                put4((int) (v - base));
            }
        }
        end(at);
    }

    /** bigint[]; NULL where the value is absent. */
    void int8s(long[] values) {
        int at = array(INT8, values.length, 12);
        for (long v : values) {
            if (v == Slots.ABSENT) {
                put4(-1);
            } else {
                put4(8);
                put8(v);
            }
        }
        end(at);
    }

    /** int[] of nothing but NULL. */
    void nulls(int count) {
        int at = array(INT4, count, 4);
        for (int i = 0; i < count; i++) {
            put4(-1);
        }
        end(at);
    }

    /** smallint[]; NULL for {@link Slots#UNKNOWN}. */
    void int2s(short[] values) {
        int at = array(INT2, values.length, 6);
        for (short v : values) {
            if (v == Slots.UNKNOWN) {
                put4(-1);
            } else {
                put4(2);
                put2(v);
            }
        }
        end(at);
    }

    /** int[] of max − value. */
    void lags(long[] values, long max) {
        int at = array(INT4, values.length, 8);
        for (long v : values) {
            put4(4);
            put4((int) Math.min(max - v, Integer.MAX_VALUE));
        }
        end(at);
    }

    /** The whole, with its trailer; the rows can go on being filled only after {@link #clear}. */
    byte[] finished() {
        room(2);
        put2(-1);
        return Arrays.copyOf(bytes, size);
    }

    private int array(int type, int count, int perElement) {
        room(24 + count * perElement);
        int at = size;
        put4(0);
        put4(1);
        put4(1);
        put4(type);
        put4(count);
        put4(1);
        return at;
    }

    private void end(int at) {
        int end = size;
        size = at;
        put4(end - at - 4);
        size = end;
    }

    private void room(int n) {
        if (size + n > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + n));
        }
    }

    private void put2(int v) {
        bytes[size++] = (byte) (v >> 8);
        bytes[size++] = (byte) v;
    }

    private void put4(int v) {
        put2(v >> 16);
        put2(v);
    }

    private void put8(long v) {
        put4((int) (v >> 32));
        put4((int) v);
    }
}
