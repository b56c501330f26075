package org.telar.simulator.cosem;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.telar.simulator.fleet.Meter;

/** The standard event log: on a few days a month one event, from the seed. */
public final class EventRows implements RowSource {
    private static final int CAPACITY = 100;
    private static final int DEPTH_DAYS = 180;
    private static final long DAY = 86_400;

    @Override
    public List<Row> rows(Meter meter, Instant from, Instant to) {
        Instant now = meter.now();
        Instant oldest = now.minus(Duration.ofDays(DEPTH_DAYS));
        oldest = meter.changes().installed().isAfter(oldest) ? meter.changes().installed() : oldest;
        Instant start = from.isBefore(oldest) ? oldest : from;
        Instant end = to.isAfter(now) ? now : to;
        List<Row> rows = new ArrayList<>();
        for (long day = Math.floorDiv(start.getEpochSecond(), DAY); day * DAY <= end.getEpochSecond(); day++) {
            if (meter.statuses().event(day)) {
                Instant at = Instant.ofEpochSecond(day * DAY + meter.statuses().eventSecond(day));
                if (!at.isBefore(start) && !at.isAfter(end)) {
                    rows.add(new Row(at, at, meter.statuses().eventCode(day), true));
                }
            }
        }
        return rows;
    }

    @Override
    public int capacity(Meter meter) {
        return CAPACITY;
    }

    @Override
    public int period(Meter meter) {
        return 0;
    }
}
