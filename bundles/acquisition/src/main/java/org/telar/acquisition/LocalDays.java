package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/** Days of a meter's zone (D5): they begin at the first instant of the date, and have 92, 96 or 100 quarter-hours. */
public final class LocalDays {
    private LocalDays() {}

    /** First instant of a local day; also the stamp of the closing of the day before. */
    public static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }

    /** First instant of the local day after. */
    public static Instant end(LocalDate day, ZoneId zone) {
        return start(day.plusDays(1), zone);
    }

    /** Stamp of the closing of a day. */
    public static Instant closingStamp(LocalDate day, ZoneId zone) {
        return end(day, zone);
    }

    /** Slots of a day: its length divided by the capture period. */
    public static int slots(LocalDate day, ZoneId zone, Duration period) {
        return (int) Duration.between(start(day, zone), end(day, zone)).dividedBy(period);
    }

    /** The local day of a sample: that of its interval's start. */
    public static LocalDate dayOf(Instant intervalEnd, Duration period, ZoneId zone) {
        return intervalEnd.minus(period).atZone(zone).toLocalDate();
    }

    /** The local day an instant lies in. */
    public static LocalDate dayOf(Instant instant, ZoneId zone) {
        return instant.atZone(zone).toLocalDate();
    }

    /**
     * The one instant at which something due at a local time of a day happens: a time that does not exist runs at the
     * first valid instant after it, one that occurs twice at its first occurrence.
     */
    public static Instant at(LocalDate day, LocalTime time, ZoneId zone) {
        List<java.time.ZoneOffset> offsets = zone.getRules().getValidOffsets(day.atTime(time));
        return offsets.isEmpty()
                ? zone.getRules().getTransition(day.atTime(time)).getInstant()
                : ZonedDateTime.ofLocal(day.atTime(time), zone, offsets.get(0)).toInstant();
    }
}
