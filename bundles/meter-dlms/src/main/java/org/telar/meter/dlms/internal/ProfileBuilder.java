package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.telar.api.model.Column;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.meter.dlms.internal.Capture.Role;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Puts rows on the grid of interval ends (D4). Rows off the grid, and a second one in a slot, keep their own time. A
 * slot without a row is missing only if the meter must have had it: it ended before the meter's clock and within the
 * reach of its buffer; else it was not read.
 */
final class ProfileBuilder {
    /** A meter may need a moment to capture a row after the interval's end. */
    private static final Duration CAPTURE_TIME = Duration.ofSeconds(60);

    private final ProfileShape shape;
    private final Stamp stamp;
    private final TimeRule rule;
    private final Instant clock;

    /** @param clock the meter's clock when the buffer was read, UTC */
    ProfileBuilder(ProfileShape shape, Stamp stamp, TimeRule rule, Instant clock) {
        this.shape = shape;
        this.stamp = stamp;
        this.rule = rule;
        this.clock = clock;
    }

    /** What a meter's row stamps. */
    enum Stamp {
        END,
        START;

        Duration toEnd(Duration period) {
            return this == END ? Duration.ZERO : period;
        }
    }

    ProfileBlock build(TimeRange range, List<Row> rows) throws LinkException {
        long period = shape.period().toSeconds();
        Instant first = shape.gridAfter(range.from(), rule.zone());
        long slots =
                first.isAfter(range.to()) ? 0 : (range.to().getEpochSecond() - first.getEpochSecond()) / period + 1;
        if (slots > ProfileBlock.MAX_SLOTS) {
            throw new LinkException(Kind.REFUSED, "a range of " + slots + " slots is too long: " + range);
        }
        int count = (int) slots;
        int[] status = new int[count];
        Arrays.fill(status, ProfileBlock.NOT_READ);
        List<Integer> channels = shape.columnsOf(Role.VALUE);
        long[][] values = new long[channels.size()][count];
        for (long[] column : values) {
            Arrays.fill(column, Column.ABSENT);
        }
        List<OffGridRow> offGrid = new ArrayList<>();
        for (Row row : rows) {
            place(row, range, first, status, values, offGrid);
        }
        markMissing(first, status);
        offGrid.sort(Comparator.comparing(OffGridRow::at));
        return new ProfileBlock(shape.profile(), first, shape.period(), columns(channels, values), status, offGrid);
    }

    private void place(
            Row row, TimeRange range, Instant first, int[] status, long[][] values, List<OffGridRow> offGrid) {
        Instant end = row.stamp().plus(stamp.toEnd(shape.period()));
        if (!range.contains(end)) {
            return;
        }
        long seconds = end.getEpochSecond() - first.getEpochSecond();
        long period = shape.period().toSeconds();
        boolean onGrid = end.getNano() == 0 && seconds >= 0 && seconds % period == 0;
        int slot = (int) (seconds / period);
        if (onGrid && slot < status.length && status[slot] == ProfileBlock.NOT_READ) {
            status[slot] = row.status();
            for (int i = 0; i < values.length; i++) {
                values[i][slot] = row.values()[i];
            }
        } else {
            offGrid.add(new OffGridRow(end.truncatedTo(ChronoUnit.SECONDS), row.status(), row.values()));
        }
    }

    private void markMissing(Instant first, int[] status) {
        Instant captured = clock.minus(CAPTURE_TIME);
        Instant oldest = clock.minus(shape.period().multipliedBy(shape.entries()));
        for (int i = 0; i < status.length; i++) {
            Instant end = first.plus(shape.period().multipliedBy(i));
            if (status[i] == ProfileBlock.NOT_READ && end.isBefore(captured) && end.isAfter(oldest)) {
                status[i] = ProfileBlock.MISSING;
            }
        }
    }

    private List<Column> columns(List<Integer> channels, long[][] values) {
        List<Column> columns = new ArrayList<>(channels.size());
        for (int i = 0; i < values.length; i++) {
            Capture capture = shape.columns().get(channels.get(i));
            columns.add(new Column(capture.object(), capture.unit().orElse(new Unit(0, Unit.NONE)), values[i]));
        }
        return columns;
    }
}
