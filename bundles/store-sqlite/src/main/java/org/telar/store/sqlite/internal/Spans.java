package org.telar.store.sqlite.internal;

import java.io.ByteArrayOutputStream;
import java.util.BitSet;

import org.telar.api.model.ProfileBlock;

/**
 * Which slots of a packed block are known, in a few bytes beside it, so that gaps are found without unpacking: pairs of
 * varints, slots skipped since the last known one and length of the run, counted from the day's first grid point.
 * Stateless.
 */
final class Spans {
    private Spans() {}

    static byte[] of(ProfileBlock block, long day, int phase) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(8);
        int period = (int) block.period().toSeconds();
        int at = 0;
        int base = block.slots() == 0
                ? 0
                : Math.toIntExact((block.firstEnd().getEpochSecond() - firstEnd(day, period, phase)) / period);
        for (int i = 0; i < block.slots(); ) {
            int j = i;
            while (j < block.slots() && block.status()[j] != ProfileBlock.NOT_READ) {
                j++;
            }
            if (j > i) {
                varint(out, base + i - at);
                varint(out, j - i);
                at = base + j;
            }
            i = j + 1;
        }
        return out.toByteArray();
    }

    /**
     * Sets the bits of known slots in a grid of the same period and phase.
     *
     * @param first end of the grid's slot 0, epoch seconds
     */
    static void mark(byte[] spans, long day, int period, int phase, long first, int slots, BitSet known) {
        long at = (firstEnd(day, period, phase) - first) / period;
        int[] cursor = {0};
        while (cursor[0] < spans.length) {
            at += varint(spans, cursor);
            long end = at + varint(spans, cursor);
            int from = (int) Math.max(0, Math.min(at, slots));
            int to = (int) Math.max(0, Math.min(end, slots));
            known.set(from, to);
            at = end;
        }
    }

    /** The grid's first interval end that belongs to the day. */
    private static long firstEnd(long day, int period, int phase) {
        long start = day * Days.SECONDS + 1;
        return start + Math.floorMod(phase - start, (long) period);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int v = value;
        while (v > 0x7F) {
            out.write(v & 0x7F | 0x80);
            v >>>= 7;
        }
        out.write(v);
    }

    private static int varint(byte[] bytes, int[] cursor) {
        int v = 0;
        for (int shift = 0; shift < 35 && cursor[0] < bytes.length; shift += 7) {
            int b = bytes[cursor[0]++];
            v |= (b & 0x7F) << shift;
            if (b >= 0) {
                break;
            }
        }
        return v;
    }
}
