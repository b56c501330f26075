package org.telar.simulator.cosem;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import gurux.dlms.enums.ErrorCode;
import gurux.dlms.internal.GXCommon;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel.Encoding;

/** A profile generic, class 7, with selective access by range and by entry (IEC 62056-6-2). */
final class ProfileObject {
    static final int CLASS = 7;
    private static final int BY_RANGE = 1;
    private static final int BY_ENTRY = 2;
    private static final int FIFO = 1;
    private static final Instant EARLIEST = Instant.EPOCH;

    private final String obis;
    private final Function<Meter, List<Column>> columns;
    private final RowSource source;
    private final Encoding encoding;

    ProfileObject(String obis, Function<Meter, List<Column>> columns, RowSource source, Encoding encoding) {
        this.obis = obis;
        this.columns = columns;
        this.source = source;
        this.encoding = encoding;
    }

    CosemObject object() {
        return new CosemObject(CLASS, 1, obis)
                .get(2, this::buffer)
                .get(3, (meter, selection, out) -> captureObjects(meter, out))
                .get(4, (meter, selection, out) -> out.uint32(source.period(meter)))
                .get(5, (meter, selection, out) -> out.enumeration(FIFO))
                .get(6, (meter, selection, out) -> out.structure(4)
                        .uint16(0)
                        .octets(new byte[6])
                        .int8(0)
                        .uint16(0))
                .get(7, (meter, selection, out) -> out.uint32(all(meter).size()))
                .get(8, (meter, selection, out) -> out.uint32(source.capacity(meter)));
    }

    private List<Row> all(Meter meter) {
        List<Row> rows = source.rows(meter, EARLIEST, meter.now());
        int extra = rows.size() - source.capacity(meter);
        return extra > 0 ? rows.subList(extra, rows.size()) : rows;
    }

    private void captureObjects(Meter meter, Axdr out) {
        List<Column> captured = columns.apply(meter);
        out.array(captured.size());
        for (Column column : captured) {
            out.structure(4)
                    .uint16(column.classId())
                    .logicalName(column.obis())
                    .int8(column.attribute())
                    .uint16(0);
        }
    }

    private void buffer(Meter meter, Selection selection, Axdr out) throws AccessException {
        try {
            switch (selection.selector()) {
                case 0 -> write(meter, all(meter), columns.apply(meter), false, out);
                case BY_RANGE -> range(meter, (List<?>) selection.parameters(), out);
                case BY_ENTRY -> entries(meter, (List<?>) selection.parameters(), out);
                default -> throw new AccessException(ErrorCode.ACCESS_VIOLATED);
            }
        } catch (ClassCastException | IndexOutOfBoundsException | IllegalArgumentException | NullPointerException e) {
            throw new AccessException(ErrorCode.UNMATCHED_TYPE);
        }
    }

    private void range(Meter meter, List<?> parameters, Axdr out) throws AccessException {
        List<?> restricting = (List<?>) parameters.get(0);
        int classId = ((Number) restricting.get(0)).intValue();
        String name = GXCommon.toLogicalName((byte[]) restricting.get(1));
        int attribute = ((Number) restricting.get(2)).intValue();
        if (classId != MeterObjects.CLOCK_CLASS || !MeterObjects.CLOCK.equals(name) || attribute != 2) {
            throw new AccessException(ErrorCode.INCONSISTENT_CLASS);
        }
        Instant from = bound(meter, parameters.get(1));
        Instant to = bound(meter, parameters.get(2));
        List<Row> rows = new ArrayList<>(source.rows(meter, from, to));
        write(
                meter,
                rows,
                selected(columns.apply(meter), (List<?>) parameters.get(3)),
                complete(meter, rows, from, to),
                out);
    }

    private static Instant bound(Meter meter, Object value) {
        return CosemTime.decode(
                (byte[]) value, meter.zone(), meter.spec().model().deviation());
    }

    private static List<Column> selected(List<Column> columns, List<?> wanted) {
        if (wanted.isEmpty()) {
            return columns;
        }
        List<Column> selected = new ArrayList<>();
        for (Object item : wanted) {
            List<?> description = (List<?>) item;
            String name = GXCommon.toLogicalName((byte[]) description.get(1));
            int attribute = ((Number) description.get(2)).intValue();
            columns.stream()
                    .filter(c -> c.obis().equals(name) && c.attribute() == attribute)
                    .findFirst()
                    .ifPresentOrElse(selected::add, () -> {
                        throw new IllegalArgumentException("no capture object " + name);
                    });
        }
        return selected;
    }

    /** Entries and columns count from 1; 0 as the last one means "to the end". */
    private void entries(Meter meter, List<?> parameters, Axdr out) {
        List<Row> rows = all(meter);
        List<Column> wanted = slice(columns.apply(meter), number(parameters, 2), number(parameters, 3));
        write(meter, slice(rows, number(parameters, 0), number(parameters, 1)), wanted, false, out);
    }

    private static long number(List<?> parameters, int index) {
        return ((Number) parameters.get(index)).longValue() & 0xFFFF_FFFFL;
    }

    private static <T> List<T> slice(List<T> list, long first, long last) {
        int from = (int) Math.max(first, 1) - 1;
        int to = (int) (last == 0 ? list.size() : Math.min(last, list.size()));
        return from >= to ? List.of() : list.subList(from, to);
    }

    /** True if the rows are one for each capture period that the range can hold, none more and none less. */
    private boolean complete(Meter meter, List<Row> rows, Instant from, Instant to) {
        int period = source.period(meter);
        if (period == 0 || rows.isEmpty()) {
            return false;
        }
        long first = -Math.floorDiv(-from.getEpochSecond(), period);
        long last = Math.floorDiv(to.getEpochSecond(), period);
        boolean complete = rows.size() == last - first + 1;
        for (int i = 0; complete && i < rows.size(); i++) {
            complete = rows.get(i).shown().getEpochSecond() == (first + i) * period;
        }
        return complete;
    }

    private void write(Meter meter, List<Row> rows, List<Column> wanted, boolean complete, Axdr out) {
        new RowWriter(meter, wanted, source.period(meter)).write(rows, encoding, complete, out);
    }
}
