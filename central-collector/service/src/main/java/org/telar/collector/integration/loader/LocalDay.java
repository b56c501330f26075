package org.telar.collector.integration.loader;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/**
 * A local day in UTC seconds: 23, 24 or 25 hours. A sample belongs to the day of its interval's start (D5).
 *
 * @param epochDay the date, as days since 1970
 * @param start its first instant
 * @param end the next day's first instant
 */
record LocalDay(int epochDay, long start, long end) {

    /** Where days begin in one zone. Remembers the days it has seen; not thread-safe. */
    static final class Finder {
        private static final int CACHE = 10_000;

        private final ZoneId zone;
        private final Map<LocalDate, LocalDay> days = new HashMap<>();
        private LocalDay last = new LocalDay(0, 0, 0);

        Finder(ZoneId zone) {
            this.zone = zone;
        }

        /** The day that the interval [start, …) begins in. */
        LocalDay of(long intervalStart) {
            if (intervalStart >= last.start && intervalStart < last.end) {
                return last;
            }
            LocalDate date = Instant.ofEpochSecond(intervalStart).atZone(zone).toLocalDate();
            if (days.size() > CACHE) {
                days.clear();
            }
            last = days.computeIfAbsent(
                    date,
                    d -> new LocalDay(
                            (int) d.toEpochDay(),
                            d.atStartOfDay(zone).toEpochSecond(),
                            d.plusDays(1).atStartOfDay(zone).toEpochSecond()));
            return last;
        }
    }

    /** Slots of a capture period in this day: 92, 96 or 100 of 15 minutes. */
    int slots(int step) {
        return (int) ((end - start) / step);
    }

    /** Slot that ends at a moment, or -1 when the moment is off the grid (D4). */
    int slot(long intervalEnd, int step) {
        long offset = intervalEnd - start;
        return offset % step == 0 && offset / step >= 1 && offset / step <= slots(step)
                ? (int) (offset / step) - 1
                : -1;
    }
}
