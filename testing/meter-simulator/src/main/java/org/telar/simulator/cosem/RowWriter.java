package org.telar.simulator.cosem;

import java.util.ArrayList;
import java.util.List;

import org.telar.simulator.cosem.CompactArray.Type;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel.Encoding;

/** Writes the rows of a profile in the encoding of the meter's model (D7). */
final class RowWriter {
    private static final int MAX_16_BITS = 0xFFFF;

    private final Meter meter;
    private final List<Column> columns;
    private final int period;

    /** @param period capture period, seconds; 0 if stamps do not follow from each other */
    RowWriter(Meter meter, List<Column> columns, int period) {
        this.meter = meter;
        this.columns = columns;
        this.period = period;
    }

    /**
     * Writes rows.
     *
     * @param complete the rows are all that the asked range can hold, without a gap: a client can count them off
     */
    void write(List<Row> rows, Encoding encoding, boolean complete, Axdr out) {
        long[][] values = new long[rows.size()][columns.size()];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < columns.size(); j++) {
                values[i][j] = columns.get(j).value().of(meter, rows.get(i));
            }
        }
        switch (encoding) {
            case ARRAY -> array(values, false, out);
            case NULLS -> array(values, true, out);
            case COMPACT_16 -> out.raw(compact(values, true, false));
            case COMPACT_32 -> out.raw(compact(values, false, false));
            case COMPACT_16_TIMELESS -> out.raw(compact(values, true, complete));
            default -> throw new IllegalStateException(encoding.name());
        }
    }

    private void array(long[][] values, boolean nulls, Axdr out) {
        out.array(values.length);
        for (int i = 0; i < values.length; i++) {
            out.structure(columns.size());
            for (int j = 0; j < columns.size(); j++) {
                if (nulls && follows(values, i, j)) {
                    out.nothing();
                } else {
                    columns.get(j).write(meter, values[i][j], out);
                }
            }
        }
    }

    /** True if a value need not be said: the same as in the row before; for the stamp, one capture period later. */
    private boolean follows(long[][] values, int row, int column) {
        if (row == 0) {
            return false;
        }
        int step = columns.get(column).stamp() ? period : 0;
        return values[row][column] == values[row - 1][column] + step
                && (step > 0 || !columns.get(column).stamp());
    }

    private byte[] compact(long[][] values, boolean narrow, boolean timeless) {
        List<Type> types = new ArrayList<>();
        for (int j = 0; j < columns.size(); j++) {
            types.add(type(values, j, narrow, timeless));
        }
        CompactArray array = new CompactArray(types);
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < columns.size(); j++) {
                if (types.get(j) == Type.OCTETS) {
                    boolean follows = columns.get(j).stamp() && follows(values, i, j);
                    array.octets(follows ? new byte[0] : Column.time(meter, values[i][j]));
                } else {
                    array.number(types.get(j), values[i][j]);
                }
            }
        }
        return array.bytes();
    }

    private Type type(long[][] values, int column, boolean narrow, boolean timeless) {
        return switch (columns.get(column).kind()) {
            case TIME -> timeless && columns.get(column).stamp() ? Type.NOTHING : Type.OCTETS;
            case UINT8 -> Type.UINT8;
            case UINT32 -> {
                boolean fits = narrow;
                for (long[] row : values) {
                    fits &= row[column] <= MAX_16_BITS;
                }
                yield fits ? Type.UINT16 : Type.UINT32;
            }
        };
    }
}
