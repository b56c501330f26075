package org.telar.store.sqlite.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;

/**
 * Cuts blocks at UTC days. An interval belongs to the day of its last second, so 00:15 to 24:00 make a day of 96
 * quarters; local days have 92 or 100 of them twice a year and differ by zone, UTC days never. Stateless.
 */
final class Days {
    static final int SECONDS = 86_400;

    private Days() {}

    static long dayOf(Instant end) {
        return Math.floorDiv(end.getEpochSecond() - 1, SECONDS);
    }

    /** The block in pieces of one day each, in order; days on which it says nothing are left out. */
    static List<ProfileBlock> split(ProfileBlock block) {
        List<ProfileBlock> pieces = new ArrayList<>();
        List<OffGridRow> rows = new ArrayList<>(block.offGrid());
        long period = block.period().toSeconds();
        for (int i = 0; i < block.slots(); ) {
            Instant end = block.endOf(i);
            long day = dayOf(end);
            long left = (day + 1) * SECONDS - end.getEpochSecond();
            int j = (int) Math.min(block.slots(), i + 1 + left / period);
            List<OffGridRow> ofDay = rows.isEmpty()
                    ? List.of()
                    : rows.stream().filter(r -> dayOf(r.at()) == day).toList();
            rows.removeAll(ofDay);
            addUnlessEmpty(pieces, trim(slice(block, i, j, ofDay)));
            i = j;
        }
        for (OffGridRow r : rows) {
            pieces.add(slice(block, 0, 0, List.of(r)));
        }
        return pieces;
    }

    /** Day of a piece of {@link #split}. */
    static long dayOf(ProfileBlock piece) {
        return piece.slots() > 0
                ? dayOf(piece.firstEnd())
                : dayOf(piece.offGrid().get(0).at());
    }

    /** What of the block lies in the range. */
    static ProfileBlock within(ProfileBlock block, TimeRange range) {
        int from = 0;
        while (from < block.slots() && !range.contains(block.endOf(from))) {
            from++;
        }
        int to = block.slots();
        while (to > from && !range.contains(block.endOf(to - 1))) {
            to--;
        }
        List<OffGridRow> rows =
                block.offGrid().stream().filter(r -> range.contains(r.at())).toList();
        return slice(block, from, to, rows);
    }

    static boolean isEmpty(ProfileBlock block) {
        return block.slots() == 0 && block.offGrid().isEmpty();
    }

    private static void addUnlessEmpty(List<ProfileBlock> pieces, ProfileBlock piece) {
        if (!isEmpty(piece)) {
            pieces.add(piece);
        }
    }

    private static ProfileBlock trim(ProfileBlock block) {
        int from = 0;
        int to = block.slots();
        while (from < to && block.status()[from] == ProfileBlock.NOT_READ) {
            from++;
        }
        while (to > from && block.status()[to - 1] == ProfileBlock.NOT_READ) {
            to--;
        }
        return from == 0 && to == block.slots() ? block : slice(block, from, to, block.offGrid());
    }

    private static ProfileBlock slice(ProfileBlock block, int from, int to, List<OffGridRow> rows) {
        List<Column> columns = block.columns().stream()
                .map(c -> new Column(c.channel(), c.unit(), Arrays.copyOfRange(c.values(), from, to)))
                .toList();
        int[] status = Arrays.copyOfRange(block.status(), from, to);
        return new ProfileBlock(block.profile(), block.endOf(from), block.period(), columns, status, rows);
    }
}
