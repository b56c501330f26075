package org.telar.simulator.cosem;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.energy.Consumption;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.PowerCut;
import org.telar.simulator.fleet.StatusHistory;

/**
 * Rows of the load profile: every capture period within the buffer's depth, less what power cuts swallowed, plus the
 * off-grid rows that they left (D4). The buffer is full from the first day, as in a meter that has long been installed,
 * unless it was emptied since (F28).
 */
public final class LoadProfileRows implements RowSource {
    private static final int ROWS_PER_DAY = 96;

    @Override
    public List<Row> rows(Meter meter, Instant from, Instant to) {
        int shift = meter.spec().model().stampAtEnd() ? 0 : period(meter);
        return endingIn(meter, from.plusSeconds(shift), to.plusSeconds(shift));
    }

    /** Rows in the buffer whose interval ends in [from, to], oldest first. */
    public List<Row> endingIn(Meter meter, Instant from, Instant to) {
        int period = period(meter);
        Instant now = meter.now();
        long newest = Math.floorDiv(now.getEpochSecond(), period);
        long oldest = newest - capacity(meter) + 1;
        Instant cleared = meter.changes().cleared();
        if (cleared.isAfter(Instant.EPOCH)) {
            oldest = Math.max(oldest, Math.floorDiv(cleared.getEpochSecond(), period) + 1);
        }
        long first = Math.max(oldest, Math.floorDiv(from.getEpochSecond(), period));
        first = Instant.ofEpochSecond(first * period).isBefore(from) ? first + 1 : first;
        long last = Math.min(newest, Math.floorDiv(to.getEpochSecond(), period));
        List<Row> rows = new ArrayList<>();
        for (long slot = first; slot <= last; slot++) {
            Instant end = Instant.ofEpochSecond(slot * period);
            if (!meter.missing(end)) {
                rows.add(row(meter, end, status(meter, end), false));
            }
        }
        boolean added = false;
        for (PowerCut cut : meter.cuts()) {
            Instant end = offGrid(cut, period);
            boolean held = !end.isAfter(now) && !end.isBefore(Instant.ofEpochSecond(oldest * period));
            if (held && onGridNever(end, period) && !end.isBefore(from) && !end.isAfter(to)) {
                added = rows.add(row(meter, end, StatusHistory.POWER_DOWN | dst(meter, end), true));
            }
        }
        if (added) {
            rows.sort(Comparator.comparing(Row::end));
        }
        return rows;
    }

    /** The row is written when the power goes; if that is on the grid, when it comes back. */
    private static Instant offGrid(PowerCut cut, int period) {
        return onGridNever(cut.from(), period) ? cut.from() : cut.to();
    }

    private static boolean onGridNever(Instant at, int period) {
        return Math.floorMod(at.getEpochSecond(), period) != 0;
    }

    private static Row row(Meter meter, Instant end, int status, boolean offGrid) {
        int period = meter.changes().period();
        Instant shown = meter.spec().model().stampAtEnd() ? end : end.minusSeconds(period);
        return new Row(shown, end, status, offGrid);
    }

    /** Events are kept by the quarter: a row of another grid has those of the quarter that it ends with. */
    static int status(Meter meter, Instant end) {
        boolean quarter = Math.floorMod(end.getEpochSecond(), Consumption.QUARTER) == 0;
        long slot = Consumption.slotOf(end);
        int bits = quarter ? meter.statuses().bits(slot) | meter.extraStatus(slot) : 0;
        return bits | dst(meter, end);
    }

    private static int dst(Meter meter, Instant end) {
        return CosemTime.daylightSaving(end, meter.zone()) ? StatusHistory.DAYLIGHT_SAVING : 0;
    }

    /** Raw value of a channel in a row. */
    public static long value(Meter meter, Row row, Channel channel) {
        Consumption used = meter.consumption();
        if (!meter.spec().model().increments()) {
            return meter.registerAt(channel, row.end());
        }
        int period = meter.changes().period();
        if (!row.offGrid()) {
            return period == Consumption.QUARTER
                    ? used.increment(channel, Consumption.slotOf(row.end()) - 1)
                    : used.registerAt(channel, row.end())
                            - used.registerAt(channel, row.end().minusSeconds(period));
        }
        // What was used since the last full period, or since the cut if that came later.
        long start = Math.floorDiv(row.end().getEpochSecond(), period) * period;
        return used.registerAt(channel, row.end()) - used.registerAt(channel, Instant.ofEpochSecond(start));
    }

    @Override
    public int capacity(Meter meter) {
        return meter.changes().rows().orElse(meter.bufferDays() * ROWS_PER_DAY);
    }

    @Override
    public int period(Meter meter) {
        return meter.changes().period();
    }
}
