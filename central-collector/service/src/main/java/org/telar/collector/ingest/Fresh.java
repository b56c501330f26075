package org.telar.collector.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;

/** Which cells of a received block the centre did not hold before. Not thread-safe. */
final class Fresh {
    private final ProfileBlock block;
    private final BitSet[] cells;
    private final BitSet missing = new BitSet();
    private final List<OffGridRow> offGrid = new ArrayList<>();
    private long known;

    Fresh(ProfileBlock block) {
        this.block = block;
        this.cells = new BitSet[block.columns().size()];
        Arrays.setAll(cells, i -> new BitSet());
    }

    ProfileBlock block() {
        return block;
    }

    void cell(int column, int slot) {
        cells[column].set(slot);
    }

    boolean isFresh(int column, int slot) {
        return cells[column].get(slot);
    }

    /** Another row of the centre holds the very same value. */
    void knownElsewhere(int column, int slot) {
        cells[column].clear(slot);
        known++;
    }

    void known(int n) {
        known += n;
    }

    /** The meter's word that it has no row for this slot is news. */
    void missing(int slot) {
        missing.set(slot);
    }

    void offGrid(OffGridRow row) {
        offGrid.add(row);
    }

    long newValues() {
        long n = 0;
        for (BitSet b : cells) {
            n += b.cardinality();
        }
        for (OffGridRow r : offGrid) {
            for (long v : r.values()) {
                n += v == Column.ABSENT ? 0 : 1;
            }
        }
        return n;
    }

    long knownValues() {
        return known;
    }

    /** The block reduced to what is new, cut to the slots that have some; empty when nothing is. */
    Optional<ProfileBlock> onlyNew() {
        BitSet slots = new BitSet();
        slots.or(missing);
        for (BitSet b : cells) {
            slots.or(b);
        }
        if (slots.isEmpty() && offGrid.isEmpty()) {
            return Optional.empty();
        }
        int from = Math.max(0, slots.nextSetBit(0));
        int to = slots.length();
        int[] status = new int[Math.max(0, to - from)];
        for (int i = 0; i < status.length; i++) {
            status[i] = slots.get(from + i) ? block.status()[from + i] : ProfileBlock.NOT_READ;
        }
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < cells.length; c++) {
            Column column = block.columns().get(c);
            long[] values = new long[status.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = cells[c].get(from + i) ? column.values()[from + i] : Column.ABSENT;
            }
            columns.add(new Column(column.channel(), column.unit(), values));
        }
        return Optional.of(
                new ProfileBlock(block.profile(), block.endOf(from), block.period(), columns, status, offGrid));
    }
}
