package org.telar.concentrator.internal.agenda;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

import org.telar.acquisition.LocalDays;
import org.telar.contract.Agenda;

/**
 * When an activity was last due. A local time that does not exist runs at the first valid instant after it, one that
 * occurs twice runs once (D5); an activity by interval counts civil minutes from local midnight.
 */
final class CivilSchedule {
    private static final int DAY_MINUTES = 24 * 60;

    private CivilSchedule() {}

    /** The latest instant not after {@code now} at which the activity was due. */
    static Instant latestDue(Agenda.Activity activity, ZoneId zone, Instant now) {
        LocalDate today = LocalDays.dayOf(now, zone);
        if (activity.at().isPresent()) {
            Instant due = LocalDays.at(today, activity.at().get(), zone);
            return due.isAfter(now)
                    ? LocalDays.at(today.minusDays(1), activity.at().get(), zone)
                    : due;
        }
        Instant latest = LocalDays.start(today, zone);
        for (int minute = 0; minute < DAY_MINUTES; minute += activity.everyMinutes()) {
            Instant due = LocalDays.at(today, LocalTime.ofSecondOfDay(minute * 60L), zone);
            if (!due.isAfter(now) && due.isAfter(latest)) {
                latest = due;
            }
        }
        return latest;
    }
}
