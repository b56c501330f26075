package org.telar.collector.ingest;

import java.io.ByteArrayOutputStream;

/** When each slot of a day was read at the edge, seconds since 1970, as runs of varints. Stateless. */
final class ReadTimes {
    private ReadTimes() {}

    static byte[] encode(long[] seconds) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long last = 0;
        for (int i = 0; i < seconds.length; ) {
            int j = i;
            while (j < seconds.length && seconds[j] == seconds[i]) {
                j++;
            }
            long delta = seconds[i] - last;
            put(out, delta << 1 ^ delta >> 63);
            put(out, j - i);
            last = seconds[i];
            i = j;
        }
        return out.toByteArray();
    }

    /** @throws IllegalStateException when the bytes are not {@code slots} times, which means a damaged row */
    static long[] decode(byte[] bytes, int slots) {
        long[] seconds = new long[slots];
        long last = 0;
        int[] at = {0};
        for (int i = 0; i < slots; ) {
            long zigzag = take(bytes, at);
            last += zigzag >>> 1 ^ -(zigzag & 1);
            long run = take(bytes, at);
            if (run < 1 || run > slots - i) {
                throw new IllegalStateException("damaged read times at slot " + i);
            }
            for (long n = 0; n < run; n++) {
                seconds[i++] = last;
            }
        }
        return seconds;
    }

    private static void put(ByteArrayOutputStream out, long v) {
        long rest = v;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long take(byte[] bytes, int[] at) {
        long v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at[0] >= bytes.length) {
                throw new IllegalStateException("damaged read times: truncated");
            }
            int b = bytes[at[0]++];
            v |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return v;
            }
        }
        throw new IllegalStateException("damaged read times: number too long");
    }
}
