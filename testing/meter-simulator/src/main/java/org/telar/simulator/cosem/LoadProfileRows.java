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
 * Rows of the load profile: every quarter within the buffer's depth, less what power cuts swallowed, plus the off-grid
 * rows that they left (D4). The buffer is full from the first day, as in a meter that has long been installed.
 */
public final class LoadProfileRows implements RowSource {
    private static final int ROWS_PER_DAY = 96;

    @Override
    public List<Row> rows(Meter meter, Instant from, Instant to) {
        int shift = meter.spec().model().stampAtEnd() ? 0 : Consumption.QUARTER;
        return endingIn(meter, from.plusSeconds(shift), to.plusSeconds(shift));
    }

    /** Rows in the buffer whose interval ends in [from, to], oldest first. */
    public List<Row> endingIn(Meter meter, Instant from, Instant to) {
        Instant now = meter.now();
        long newest = Consumption.slotOf(now);
        long oldest = newest - capacity(meter) + 1;
        long first = Math.max(oldest, Consumption.slotOf(from));
        first = Consumption.startOf(first).isBefore(from) ? first + 1 : first;
        long last = Math.min(newest, Consumption.slotOf(to));
        List<Row> rows = new ArrayList<>();
        for (long slot = first; slot <= last; slot++) {
            Instant end = Consumption.startOf(slot);
            if (!meter.missing(end)) {
                rows.add(row(meter, end, status(meter, slot), false));
            }
        }
        boolean added = false;
        for (PowerCut cut : meter.cuts()) {
            Instant end = offGrid(cut);
            boolean held = !end.isAfter(now) && !end.isBefore(Consumption.startOf(oldest));
            if (held && onGridNever(end) && !end.isBefore(from) && !end.isAfter(to)) {
                added = rows.add(row(meter, end, StatusHistory.POWER_DOWN | dst(meter, end), true));
            }
        }
        if (added) {
            rows.sort(Comparator.comparing(Row::end));
        }
        return rows;
    }

    /** The row is written when the power goes; if that is on the grid, when it comes back. */
    private static Instant offGrid(PowerCut cut) {
        return onGridNever(cut.from()) ? cut.from() : cut.to();
    }

    private static boolean onGridNever(Instant at) {
        return Math.floorMod(at.getEpochSecond(), Consumption.QUARTER) != 0;
    }

    private static Row row(Meter meter, Instant end, int status, boolean offGrid) {
        Instant shown = meter.spec().model().stampAtEnd() ? end : end.minusSeconds(Consumption.QUARTER);
        return new Row(shown, end, status, offGrid);
    }

    static int status(Meter meter, long endSlot) {
        int bits = meter.statuses().bits(endSlot) | meter.extraStatus(endSlot);
        return bits | dst(meter, Consumption.startOf(endSlot));
    }

    private static int dst(Meter meter, Instant end) {
        return CosemTime.daylightSaving(end, meter.zone()) ? StatusHistory.DAYLIGHT_SAVING : 0;
    }

    /** Raw value of a channel in a row. */
    public static long value(Meter meter, Row row, Channel channel) {
        Consumption used = meter.consumption();
        if (!meter.spec().model().increments()) {
            return used.registerAt(channel, row.end());
        }
        if (!row.offGrid()) {
            return used.increment(channel, Consumption.slotOf(row.end()) - 1);
        }
        // What was used since the last quarter, or since the cut if that came later.
        return used.registerAt(channel, row.end()) - used.register(channel, Consumption.slotOf(row.end()));
    }

    @Override
    public int capacity(Meter meter) {
        return meter.bufferDays() * ROWS_PER_DAY;
    }

    @Override
    public int period() {
        return Consumption.QUARTER;
    }
}
