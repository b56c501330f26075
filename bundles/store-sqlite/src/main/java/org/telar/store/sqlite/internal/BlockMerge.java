package org.telar.store.sqlite.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;

/**
 * Merges what was read now into what is held. A value beats "the meter holds none", which beats "nobody asked"; where
 * both hold values that differ, the newer read wins and the slot is reported as a conflict (R3). Off-grid rows are a
 * set by time (D4). Stateless.
 */
final class BlockMerge {
    private BlockMerge() {}

    /**
     * @param block the union of both
     * @param conflicts how many slots or off-grid rows changed their value or status
     * @param firstConflict end of the first of them
     */
    record Merged(ProfileBlock block, int conflicts, Optional<Instant> firstConflict) {}

    /** Both blocks have the same shape and lie on the same grid. */
    static Merged merge(ProfileBlock held, ProfileBlock read) {
        long period = held.period().toSeconds();
        long start = start(held, read);
        int heldAt = offset(held, start, period);
        int readAt = offset(read, start, period);
        int slots = Math.max(heldAt + held.slots(), readAt + read.slots());
        int[] status = spread(held.status(), heldAt, slots);
        boolean[] conflict = new boolean[slots];
        mergeStatus(status, read.status(), readAt, conflict);
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < held.columns().size(); c++) {
            Column column = held.columns().get(c);
            long[] values = new long[slots];
            Arrays.fill(values, Column.ABSENT);
            System.arraycopy(column.values(), 0, values, heldAt, held.slots());
            mergeValues(values, read.columns().get(c).values(), readAt, conflict);
            columns.add(new Column(column.channel(), column.unit(), values));
        }
        List<Instant> strange = new ArrayList<>();
        List<OffGridRow> offGrid = mergeOffGrid(held.offGrid(), read.offGrid(), strange);
        Instant firstEnd = Instant.ofEpochSecond(start);
        ProfileBlock merged = new ProfileBlock(held.profile(), firstEnd, held.period(), columns, status, offGrid);
        for (int i = 0; i < slots; i++) {
            if (conflict[i]) {
                strange.add(merged.endOf(i));
            }
        }
        return new Merged(merged, strange.size(), strange.stream().min(Instant::compareTo));
    }

    /** A block of off-grid rows alone has no slots, and its first end means nothing. */
    private static long start(ProfileBlock held, ProfileBlock read) {
        if (held.slots() == 0 || read.slots() == 0) {
            return (held.slots() == 0 ? read : held).firstEnd().getEpochSecond();
        }
        return Math.min(held.firstEnd().getEpochSecond(), read.firstEnd().getEpochSecond());
    }

    private static int offset(ProfileBlock block, long start, long period) {
        return block.slots() == 0 ? 0 : (int) ((block.firstEnd().getEpochSecond() - start) / period);
    }

    private static int[] spread(int[] status, int at, int slots) {
        int[] out = new int[slots];
        Arrays.fill(out, ProfileBlock.NOT_READ);
        System.arraycopy(status, 0, out, at, status.length);
        return out;
    }

    private static void mergeStatus(int[] held, int[] read, int at, boolean[] conflict) {
        for (int i = 0; i < read.length; i++) {
            int before = held[at + i];
            int now = read[i];
            conflict[at + i] |= before >= 0 && now >= 0 && before != now;
            // NOT_READ < MISSING < any status word: the greater knowledge stays, among values the newer.
            if (now >= 0 || now > before) {
                held[at + i] = now;
            }
        }
    }

    private static void mergeValues(long[] held, long[] read, int at, boolean[] conflict) {
        for (int i = 0; i < read.length; i++) {
            if (read[i] != Column.ABSENT) {
                conflict[at + i] |= held[at + i] != Column.ABSENT && held[at + i] != read[i];
                held[at + i] = read[i];
            }
        }
    }

    /** Two rows of one instant with different content are both kept: which one is right is the centre's question. */
    private static List<OffGridRow> mergeOffGrid(List<OffGridRow> held, List<OffGridRow> read, List<Instant> strange) {
        if (read.isEmpty()) {
            return held;
        }
        TreeMap<Instant, List<OffGridRow>> byTime = new TreeMap<>();
        held.forEach(r -> byTime.computeIfAbsent(r.at(), t -> new ArrayList<>()).add(r));
        for (OffGridRow r : read) {
            List<OffGridRow> same = byTime.computeIfAbsent(r.at(), t -> new ArrayList<>());
            if (!same.contains(r)) {
                if (!same.isEmpty()) {
                    strange.add(r.at());
                }
                same.add(r);
            }
        }
        return byTime.values().stream().flatMap(List::stream).toList();
    }
}
