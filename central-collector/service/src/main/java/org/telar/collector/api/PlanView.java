package org.telar.collector.api;

import java.time.Instant;
import java.util.Optional;

import org.telar.collector.plans.PlanRun;
import org.telar.collector.plans.PlanSpec;
import org.telar.collector.plans.StoredPlan;
import org.telar.collector.plans.Window;

/**
 * A plan as it is told.
 *
 * @param run the open run, or the latest one: its counts are the progress
 * @param percent of that run's items that are over
 * @param next the window to come
 */
record PlanView(
        String id,
        String name,
        String owner,
        StoredPlan.State state,
        PlanSpec spec,
        long members,
        long refused,
        long duplicates,
        Instant createdAt,
        Optional<Instant> endedAt,
        Optional<PlanRun> run,
        Optional<Double> percent,
        Optional<Window> next) {

    static PlanView of(StoredPlan p, Optional<PlanRun> run, Optional<Window> next) {
        return new PlanView(
                p.id(),
                p.name(),
                p.owner(),
                p.state(),
                p.spec(),
                p.members(),
                p.refused(),
                p.duplicates(),
                p.createdAt(),
                p.endedAt(),
                run,
                run.map(PlanView::percent),
                next);
    }

    private static double percent(PlanRun run) {
        PlanRun.Counts c = run.counts();
        long open = c.waiting() + c.sent();
        return c.total() == 0 ? 0 : Math.round(10_000.0 * (c.total() - open) / c.total()) / 100.0;
    }
}
