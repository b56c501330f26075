package org.telar.collector.plans;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.stereotype.Component;
import org.telar.collector.n2pload.LoadRuns;
import org.telar.collector.orders.BulkOrders;
import org.telar.collector.orders.Orders;
import org.telar.collector.orders.RunOrders;
import org.telar.collector.platform.CollectorSettings;

/** Sends items of a run as orders, or as one N2PLoad for each concentrator. Joins the caller's transaction. */
@Component
class Dispatcher {
    private final ItemBook items;
    private final RunBook runs;
    private final BulkOrders orders;
    private final RunOrders loadOrders;
    private final LoadRuns loads;
    private final Duration loadDeadline;
    private final Clock clock;

    Dispatcher(
            ItemBook items,
            RunBook runs,
            BulkOrders orders,
            RunOrders loadOrders,
            LoadRuns loads,
            CollectorSettings settings,
            Clock clock) {
        this.items = items;
        this.runs = runs;
        this.orders = orders;
        this.loadOrders = loadOrders;
        this.loads = loads;
        this.loadDeadline = settings.orders().runDeadline();
        this.clock = clock;
    }

    /** Name of a run's orders. */
    static String group(PlanRun run) {
        return "p" + run.id();
    }

    void send(StoredPlan plan, PlanRun run, int atOnce) {
        if (plan.spec().loads()) {
            sendLoads(plan, run);
            return;
        }
        long open = runs.find(plan.id(), run.id()).orElseThrow().counts().sent();
        int free = (int) Math.min(atOnce, plan.spec().concurrency() - open);
        if (free <= 0) {
            return;
        }
        List<ItemBook.Due> due = items.due(run, plan.spec().perGateway(), free);
        if (due.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        List<BulkOrders.Item> wanted =
                due.stream().map(d -> item(plan.spec(), d, now)).toList();
        Instant deadline =
                earlier(now.plus(plan.spec().deadline()), run.window().to());
        List<String> ids = orders.place(group(run), wanted, deadline, "plan " + plan.id());
        items.sent(run.id(), due, ids);
        runs.moved(run.id(), "WAITING", Map.of("SENT", (long) due.size()));
    }

    private static BulkOrders.Item item(PlanSpec spec, ItemBook.Due d, Instant now) {
        PlanCommand c = spec.commands().get(d.command());
        return new BulkOrders.Item(d.meter(), d.state(), d.gateway(), c.type(), c.source(), c.range(now, d.zone()));
    }

    private void sendLoads(StoredPlan plan, PlanRun run) {
        int free = plan.spec().concurrency() - items.openLoads(run);
        if (free <= 0) {
            return;
        }
        Instant since = run.window()
                .from()
                .atZone(plan.spec().schedule().zone())
                .toLocalDate()
                .atStartOfDay(plan.spec().schedule().zone())
                .toInstant();
        for (String gateway : items.dueLoads(run, free)) {
            runs.moved(run.id(), "WAITING", Map.of("EXE", items.loadedAlready(run.id(), gateway, since)));
            if (items.waits(run.id(), gateway)) {
                load(plan, run, gateway);
            }
        }
    }

    private void load(StoredPlan plan, PlanRun run, String gateway) {
        Optional<String> open = loads.open(gateway);
        String id = open.orElseGet(() -> begin(plan, run, gateway));
        runs.moved(run.id(), "WAITING", Map.of("SENT", items.sentLoad(run.id(), gateway, id)));
    }

    private String begin(StoredPlan plan, PlanRun run, String gateway) {
        Duration left = Duration.between(clock.instant(), run.window().to());
        Duration deadline = left.compareTo(loadDeadline) < 0 ? left : loadDeadline;
        try {
            return loadOrders
                    .start(gateway, deadline, "plan " + plan.id(), Optional.empty())
                    .order()
                    .id();
        } catch (Orders.KeyConflict e) {
            throw new IllegalStateException("an order without a key has no conflict", e);
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
