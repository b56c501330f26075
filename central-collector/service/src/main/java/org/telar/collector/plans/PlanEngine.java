package org.telar.collector.plans;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Ko;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.events.EventStore;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.orders.BulkOrders;
import org.telar.collector.orders.Orders;
import org.telar.contract.Event;

/**
 * Moves a plan on by one short step, a transaction under the plan's row lock: opens the run of the window that has come,
 * makes its items, takes results, sends what is due, ends what is over. All it knows is in the database, so that another
 * instance goes on where one was killed. Nothing is sent outside a window, and no order may live beyond it.
 */
@Component
class PlanEngine {
    private static final Logger LOG = LoggerFactory.getLogger(PlanEngine.class);
    private static final int EXPANDED_AT_ONCE = 250_000;
    private static final int SENT_AT_ONCE = 500;
    private static final int ENDED_AT_ONCE = 100_000;
    private static final int MOST_MISSED = 31;
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final PlanBook plans;
    private final RunBook runs;
    private final ItemBook items;
    private final PlanMembers members;
    private final Dispatcher dispatcher;
    private final Orders orders;
    private final EventStore events;
    private final PendingWork pending;
    private final TransactionTemplate transactions;
    private final Clock clock;

    PlanEngine(
            PlanBook plans,
            RunBook runs,
            ItemBook items,
            PlanMembers members,
            Dispatcher dispatcher,
            Orders orders,
            EventStore events,
            PendingWork pending,
            TransactionTemplate transactions,
            Clock clock) {
        this.plans = plans;
        this.runs = runs;
        this.items = items;
        this.members = members;
        this.dispatcher = dispatcher;
        this.orders = orders;
        this.events = events;
        this.pending = pending;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Does the step of the plan that is due longest, if there is one that no other instance has.
     *
     * @return whether there was one
     */
    boolean step() {
        try {
            return Boolean.TRUE.equals(transactions.execute(
                    status -> plans.lockDue().map(this::done).isPresent()));
        } catch (FailedStep e) {
            LOG.error("A step of plan {} failed; it is tried again in {} s", e.plan, IDLE.toSeconds(), e.getCause());
            plans.next(e.plan, Optional.of(clock.instant().plus(IDLE)));
            return false;
        }
    }

    private StoredPlan done(StoredPlan plan) {
        try {
            plans.next(plan.id(), step(plan));
            return plan;
        } catch (RuntimeException e) {
            throw new FailedStep(plan.id(), e);
        }
    }

    private static final class FailedStep extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String plan;

        FailedStep(String plan, RuntimeException cause) {
            super(cause);
            this.plan = plan;
        }
    }

    private Optional<Instant> step(StoredPlan plan) {
        Optional<PlanRun> open = runs.open(plan.id());
        if (open.isPresent()) {
            return Optional.of(clock.instant().plus(work(plan, open.get())));
        }
        if (plan.state() != StoredPlan.State.ACTIVE) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant accounted = runs.lastWindowEnd(plan.id())
                .filter(e -> e.isAfter(plan.createdAt()))
                .orElse(plan.createdAt());
        plan.spec().schedule().ended(accounted, now, MOST_MISSED).forEach(w -> missed(plan, w));
        Optional<Window> window = plan.spec().schedule().next(accounted.isAfter(now) ? accounted : now);
        if (window.isEmpty()) {
            plans.state(plan.id(), StoredPlan.State.DONE);
            return Optional.empty();
        }
        if (!window.get().holds(now)) {
            return Optional.of(window.get().from());
        }
        PlanRun run = runs.begin(plan.id(), "SCHEDULE", window.get());
        if (plan.spec().filter().isPresent()) {
            long chosen = members.choose(plan.id(), plan.spec());
            plans.counts(plan.id(), chosen, plan.refused(), 0);
        }
        LOG.info(
                "Plan {} ({}) begins run {}, until {}",
                plan.id(),
                plan.name(),
                run.id(),
                run.window().to());
        return Optional.of(now);
    }

    private void missed(StoredPlan plan, Window window) {
        if (runs.missed(plan.id(), window)) {
            String text = "Plan " + plan.id() + " (" + plan.name() + ") missed its window from " + window.from()
                    + " to " + window.to() + ": no collector was running, or the plan was paused.";
            tell(plan, "PLAN_WINDOW_MISSED", Severity.WARNING, window.from().toString(), text);
        }
    }

    /** @return how long the run may wait for its next step */
    private Duration work(StoredPlan plan, PlanRun run) {
        Instant now = clock.instant();
        boolean over = !now.isBefore(run.window().to());
        boolean cancelled = plan.state() == StoredPlan.State.CANCELLED;
        Map<String, Long> ended = items.collect(run, plan.spec(), !over && !cancelled);
        runs.moved(run.id(), "SENT", ended);
        if (!over && !cancelled && !run.complete()) {
            expand(plan, run);
        }
        if (cancelled) {
            items.openOrders(run.id(), SENT_AT_ONCE).forEach(o -> orders.cancel(o, "plan " + plan.id()));
        }
        if (cancelled || over) {
            String state = cancelled ? "CANCELLED" : "EXPIRED";
            long n = items.endWaiting(run.id(), state, cancelled ? Ko.CANCELLED : Ko.DEADLINE, ENDED_AT_ONCE);
            runs.moved(run.id(), "WAITING", Map.of(state, n));
        } else if (plan.state() == StoredPlan.State.ACTIVE) {
            dispatcher.send(plan, run, SENT_AT_ONCE);
        }
        PlanRun after = runs.find(plan.id(), run.id()).orElseThrow();
        PlanRun.Counts c = after.counts();
        if (c.waiting() == 0 && c.sent() == 0 && (after.complete() || over || cancelled)) {
            end(plan, after);
            return Duration.ZERO;
        }
        boolean busy = c.sent() > 0 || !after.complete() || cancelled || over;
        return busy || plan.state() == StoredPlan.State.ACTIVE && c.waiting() > 0 ? SOON : IDLE;
    }

    private void expand(StoredPlan plan, PlanRun run) {
        if (run.origin().equals("RETRY")) {
            throw new IllegalStateException("a retry has its items from the beginning: run " + run.id());
        }
        long count = plan.members();
        long to = Math.min(count, run.expandedTo() + EXPANDED_AT_ONCE);
        long made = items.expand(run, plan.spec(), run.expandedTo(), to);
        runs.expanded(run.id(), to >= count ? -1 : to, made);
    }

    private void end(StoredPlan plan, PlanRun run) {
        boolean cancelled = plan.state() == StoredPlan.State.CANCELLED;
        runs.end(run.id(), cancelled ? "CANCELLED" : "DONE");
        pending.ended(BulkOrders.groupOf(Dispatcher.group(run)));
        PlanRun.Counts c = run.counts();
        boolean good = c.fail() == 0 && c.expired() == 0 && c.cancelled() == 0;
        String text = "Run " + run.id() + " of plan " + plan.id() + " (" + plan.name() + ") ended: " + c.total()
                + " items, EXE " + c.exe() + ", WARN " + c.warn() + ", FAIL " + c.fail() + ", EXPIRED " + c.expired()
                + ", CANCELLED " + c.cancelled() + ".";
        LOG.info("{}", text);
        tell(plan, "PLAN_RUN_ENDED", good ? Severity.INFO : Severity.WARNING, Long.toString(run.id()), text);
    }

    private void tell(StoredPlan plan, String code, Severity severity, String what, String text) {
        events.raise(
                "",
                new Event(
                        "plan/" + plan.id() + "/" + code + "/" + what,
                        clock.instant(),
                        code,
                        severity,
                        "",
                        text,
                        Map.of("plan", plan.id())));
    }
}
