package org.telar.concentrator.internal.load;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

import org.telar.acquisition.LocalDays;

/**
 * From when on a meter's data are wanted: the backfill before the agent's first start, never older than the retention.
 *
 * @param firstStart when this agent was first started, UTC
 * @param backfillDays whole local days before that day
 * @param retentionDays nothing older than so many local days
 */
public record Window(Instant firstStart, int backfillDays, int retentionDays) {
    /** First instant of the window: a local midnight (D5). Interval ends and closing stamps lie after it. */
    public Instant from(Instant now, ZoneId zone) {
        LocalDate wanted = LocalDays.dayOf(firstStart, zone).minusDays(backfillDays);
        LocalDate kept = LocalDays.dayOf(now, zone).minusDays(retentionDays);
        return LocalDays.start(wanted.isAfter(kept) ? wanted : kept, zone);
    }
}
