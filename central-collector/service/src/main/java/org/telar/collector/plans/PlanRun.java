package org.telar.collector.plans;

import java.time.Instant;
import java.util.Optional;

/**
 * One window of a plan, with its progress.
 *
 * @param origin SCHEDULE, or RETRY of what failed in another run
 * @param state RUNNING, DONE, CANCELLED, or MISSED when nobody was there in its window
 * @param complete every member has its items; before, {@code counts} grow
 */
public record PlanRun(
        long id,
        String plan,
        String origin,
        Window window,
        String state,
        boolean complete,
        long expandedTo,
        Counts counts,
        Instant createdAt,
        Optional<Instant> endedAt) {

    /**
     * Items by state.
     *
     * @param waiting for their turn or their next try
     * @param sent orders that are open
     * @param expired never sent within the window
     */
    public record Counts(
            long total, long waiting, long sent, long exe, long warn, long fail, long cancelled, long expired) {}
}
