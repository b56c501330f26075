package org.telar.meter.dlms.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.openmuc.jdlms.datatypes.CompactArray;
import org.openmuc.jdlms.datatypes.DataObject;
import org.openmuc.jdlms.datatypes.DataObject.Type;
import org.telar.api.model.Column;
import org.telar.api.model.TimeRange;
import org.telar.meter.dlms.internal.Capture.Role;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Turns a profile buffer into rows: an array of structures, or a compact array. Null-data means "as in the row before",
 * for the stamp "one period later" (D7).
 */
final class RowDecoder {
    /** What is remembered of a model does not fit this meter: it is learned again. */
    static final class ShapeChanged extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Optional<ProfileShape> shape;

        /** @param shape what was remembered and is wrong */
        ShapeChanged(ProfileShape shape, String message) {
            this(Optional.of(shape), message);
        }

        private ShapeChanged(Optional<ProfileShape> shape, String message) {
            super(message);
            this.shape = shape;
        }

        /** Nothing remembered is wrong, only other notes apply than those that were assumed. */
        static ShapeChanged notesOfAnother(String message) {
            return new ShapeChanged(Optional.empty(), message);
        }

        Optional<ProfileShape> shape() {
            return shape;
        }
    }

    private final ProfileShape shape;
    private final TimeRule rule;
    private final List<Integer> valueColumns;
    private final List<Integer> occurredColumns;
    private final Optional<TimeRange> asked;
    private Row previous;
    private boolean counted;

    RowDecoder(ProfileShape shape, TimeRule rule) {
        this(shape, rule, Optional.empty());
    }

    /** @param asked the stamps that were selected; a model may leave them all out when it holds every one (D7) */
    RowDecoder(ProfileShape shape, TimeRule rule, Optional<TimeRange> asked) {
        this.shape = shape;
        this.rule = rule;
        this.asked = asked;
        this.valueColumns = shape.columnsOf(Role.VALUE);
        this.occurredColumns = shape.columnsOf(Role.OCCURRED);
    }

    List<Row> rows(DataObject buffer) throws LinkException, ShapeChanged {
        List<Row> rows = new ArrayList<>();
        for (DataObject row : elements(buffer)) {
            previous = row(row);
            rows.add(previous);
        }
        if (counted) {
            checkCount();
        }
        return rows;
    }

    /** Rows without any time are right only if they are exactly those of the range; else nobody knows which they are. */
    private void checkCount() throws LinkException {
        TimeRange range = asked.orElseThrow();
        Instant last = previous.stamp();
        if (last.isAfter(range.to()) || !last.plus(shape.period()).isAfter(range.to())) {
            throw new LinkException(
                    Kind.GARBLED, "rows of " + shape.profile() + " without a time do not fill the range " + range);
        }
    }

    /** As the first rows of a buffer: nothing stands before them. */
    List<Row> fresh(DataObject buffer) throws LinkException, ShapeChanged {
        return new RowDecoder(shape, rule).rows(buffer);
    }

    static List<DataObject> elements(DataObject buffer) throws LinkException {
        if (buffer.isNull()) {
            return List.of();
        }
        if (buffer.getType() == Type.COMPACT_ARRAY) {
            CompactArray compact = buffer.getValue();
            return CompactArrays.expand(compact);
        }
        if (buffer.getType() != Type.ARRAY) {
            throw Values.unexpected("an array of rows", buffer);
        }
        List<DataObject> rows = buffer.getValue();
        return rows;
    }

    private Row row(DataObject data) throws LinkException, ShapeChanged {
        List<DataObject> cells = fields(data);
        if (cells.size() != shape.columns().size()) {
            throw new ShapeChanged(
                    shape,
                    "a row of " + shape.profile() + " has " + cells.size() + " elements, expected "
                            + shape.columns().size());
        }
        Instant stamp = stamp(cells);
        long[] values = new long[valueColumns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(cells.get(valueColumns.get(i)), i);
        }
        List<Optional<Instant>> occurred = new ArrayList<>(occurredColumns.size());
        for (int i = 0; i < occurredColumns.size(); i++) {
            occurred.add(occurred(cells.get(occurredColumns.get(i)), i));
        }
        return new Row(stamp, status(cells), values, occurred);
    }

    static List<DataObject> fields(DataObject row) throws LinkException {
        if (row.getType() != Type.STRUCTURE) {
            throw Values.unexpected("a row", row);
        }
        return row.getValue();
    }

    private Instant stamp(List<DataObject> cells) throws LinkException, ShapeChanged {
        int column = shape.column(Role.STAMP);
        DataObject cell = cells.get(column);
        if (isLeftOut(cell)) {
            if (previous == null && asked.isPresent() && !shape.period().isZero()) {
                counted = true;
                return shape.gridAfter(asked.get().from(), rule.zone());
            }
            if (previous == null || shape.period().isZero()) {
                throw new LinkException(Kind.GARBLED, "the first row of " + shape.profile() + " has no time");
            }
            return previous.stamp().plus(shape.period());
        }
        if (counted) {
            throw new LinkException(Kind.GARBLED, "some rows of " + shape.profile() + " have a time, the first not");
        }
        if (!cell.isByteArray() && !cell.isCosemDateFormat()) {
            throw new ShapeChanged(shape, "the time of a row of " + shape.profile() + " is " + cell.getType());
        }
        CosemTime time = Values.time(cell)
                .orElseThrow(() -> new LinkException(
                        Kind.GARBLED, "a row of " + shape.profile() + " has an unspecified or impossible time"));
        return rule.utc(time, Optional.ofNullable(previous).map(Row::stamp));
    }

    /** Null-data; in a compact array, where a column has one type, an empty octet string. */
    private static boolean isLeftOut(DataObject cell) {
        if (!cell.isByteArray()) {
            return cell.isNull();
        }
        byte[] bytes = cell.getValue();
        return bytes.length == 0;
    }

    private int status(List<DataObject> cells) throws LinkException {
        int column = shape.column(Role.STATUS);
        if (column < 0) {
            return 0;
        }
        if (cells.get(column).isNull()) {
            return previous == null ? 0 : previous.status();
        }
        long bits = Values.bits(cells.get(column));
        if (bits > Integer.MAX_VALUE) {
            throw new LinkException(Kind.GARBLED, "a profile status above 31 bits: " + bits);
        }
        return (int) bits;
    }

    private long value(DataObject cell, int i) throws LinkException, ShapeChanged {
        if (cell.isNull()) {
            return previous == null ? Column.ABSENT : previous.values()[i];
        }
        if (!cell.isNumber()) {
            throw new ShapeChanged(shape, "a value of " + shape.profile() + " is " + cell.getType());
        }
        return Values.number(cell);
    }

    private Optional<Instant> occurred(DataObject cell, int i) {
        if (isLeftOut(cell)) {
            return previous == null ? Optional.empty() : previous.occurred().get(i);
        }
        return Values.time(cell).map(rule::utc);
    }
}
