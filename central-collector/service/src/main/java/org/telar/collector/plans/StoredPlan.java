package org.telar.collector.plans;

import java.time.Instant;
import java.util.Optional;

/**
 * A plan as it stands.
 *
 * @param state DRAFT (its meters are still to come), ACTIVE, PAUSED, CANCELLED or DONE
 * @param members meters taken
 * @param refused meters, or meters' commands, that were not
 * @param duplicates lines that named a meter again
 */
public record StoredPlan(
        String id,
        String name,
        String owner,
        State state,
        PlanSpec spec,
        long members,
        long refused,
        long duplicates,
        Instant createdAt,
        Optional<Instant> endedAt) {

    /** Life of a plan. */
    public enum State {
        DRAFT,
        ACTIVE,
        PAUSED,
        CANCELLED,
        DONE
    }
}
