package org.telar.simulator.cosem;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.telar.simulator.fleet.Meter;

/** Closings at local midnight: daily, or monthly for the billing profile. The stamp is the first instant after (D5). */
public final class ClosingRows implements RowSource {
    private static final int MONTHS = 12;

    private final boolean monthly;

    private ClosingRows(boolean monthly) {
        this.monthly = monthly;
    }

    /** One closing a day, as deep as the load profile. */
    public static ClosingRows daily() {
        return new ClosingRows(false);
    }

    /** One closing a month, twelve deep. */
    public static ClosingRows monthly() {
        return new ClosingRows(true);
    }

    @Override
    public List<Row> rows(Meter meter, Instant from, Instant to) {
        LocalDate date = meter.now().atZone(meter.zone()).toLocalDate();
        date = monthly ? date.withDayOfMonth(1) : date;
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < capacity(meter); i++) {
            Instant stamp = date.atStartOfDay(meter.zone()).toInstant();
            if (stamp.isBefore(from) || !stamp.isAfter(meter.changes().installed())) {
                break;
            }
            if (!stamp.isAfter(to)) {
                rows.add(new Row(stamp, stamp, 0, false));
            }
            date = monthly ? date.minusMonths(1) : date.minusDays(1);
        }
        Collections.reverse(rows);
        return rows;
    }

    @Override
    public int capacity(Meter meter) {
        return monthly ? MONTHS : meter.bufferDays();
    }

    @Override
    public int period(Meter meter) {
        return monthly ? 0 : 86_400;
    }
}
