package org.telar.collector.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The grid of interval ends of one local day: those whose interval starts in it (D5). A day of 15-minute intervals has
 * 92, 96 or 100 of them.
 *
 * @param firstEnd end of the day's first interval
 * @param slots how many intervals start in the day
 */
public record LocalDay(LocalDate date, Instant firstEnd, int slots) {

    /** The day that the interval ending at {@code end} belongs to; the grid goes through {@code end}. */
    public static LocalDay of(Instant end, Duration period, ZoneId zone) {
        Instant start = end.minus(period);
        int phase = (int) Math.floorMod(end.getEpochSecond(), period.toSeconds());
        return on(LocalDate.ofInstant(start, zone), period, phase, zone);
    }

    /** @param phase seconds by which interval ends lie off the multiples of the period, UTC */
    public static LocalDay on(LocalDate date, Duration period, int phase, ZoneId zone) {
        long from = date.atStartOfDay(zone).toEpochSecond();
        long to = date.plusDays(1).atStartOfDay(zone).toEpochSecond();
        long p = period.toSeconds();
        long firstStart = from + Math.floorMod(phase - from, p);
        int slots = Math.max(0, (int) Math.floorDiv(to - 1 - firstStart, p) + 1);
        return new LocalDay(date, Instant.ofEpochSecond(firstStart + p), slots);
    }

    /** Slot of an interval end of this grid; outside 0..slots-1 when it belongs to another day. */
    public int slotOf(Instant end, Duration period) {
        return Math.toIntExact(Math.floorDiv(end.getEpochSecond() - firstEnd.getEpochSecond(), period.toSeconds()));
    }
}
