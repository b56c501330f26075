package org.telar.concentrator.internal.orders;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.JobResult;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.concentrator.internal.Services;
import org.telar.concentrator.internal.load.ClockKeeper;
import org.telar.concentrator.internal.load.LoadWork;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result.OrderResult;
import org.telar.contract.Result.State;
import org.telar.contract.Topics;

/**
 * Takes orders: receipt at once (D15), check against the own table (R32, R48, G4), execution, result with code and who
 * refused. A repeated order is received again and executed once. Thread-safe.
 */
public final class OrderDesk {
    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);
    private static final int REMEMBERED = 2_000;
    private static final String CONCENTRATOR = "concentrator";
    private static final String METER = "meter";

    private final Services services;
    private final OrderEnvironment env;
    private final Function<MeterId, Optional<MeterEntry>> table;
    private final Executor executor;
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param executor for what takes longer than the uplink's delivery thread may be held */
    public OrderDesk(
            Services services, OrderEnvironment env, Function<MeterId, Optional<MeterEntry>> table, Executor executor) {
        this.services = services;
        this.env = env;
        this.table = table;
        this.executor = executor;
    }

    /** Takes an order; returns at once. */
    public void take(Order order) {
        services.uplink().publishTransient(Topics.RECEIPTS, Contract.encodeReceipt(order.id()));
        boolean repeated;
        synchronized (seen) {
            repeated = seen.put(order.id(), true) != null;
        }
        if (repeated) {
            return;
        }
        try {
            executor.execute(() -> execute(order));
        } catch (RejectedExecutionException e) {
            refuse(order, Ko.BUSY, "too many orders wait");
        }
    }

    private void execute(Order order) {
        LOG.info(
                "Order {}: {} {}",
                order.id(),
                order.type(),
                order.meter().map(MeterId::number).orElse(""));
        try {
            Instant now = services.clock().instant();
            Duration left = Duration.between(now, order.deadline());
            if (left.isNegative() || left.isZero()) {
                refuse(order, Ko.DEADLINE, "the order expired at " + order.deadline() + ", it is " + now);
            } else if (order.type() == Order.Type.RUN_N2PLOAD) {
                env.runs().start(order.id(), left);
            } else if (order.meter().isEmpty()) {
                refuse(order, Ko.UNSUPPORTED, order.type() + " needs a meter");
            } else {
                forMeter(order, order.meter().get(), left);
            }
        } catch (RuntimeException e) {
            LOG.error("Order {} failed inside", order.id(), e);
            refuse(order, Ko.INTERNAL, "a fault of the agent: " + e);
        }
    }

    private void forMeter(Order order, MeterId id, Duration left) {
        Optional<MeterEntry> entry = table.apply(id);
        if (entry.isEmpty()) {
            refuse(order, Ko.UNKNOWN_METER, "meter " + id + " is not in this concentrator's table");
            return;
        }
        switch (entry.get().state()) {
            case SUSPENDED -> refuse(order, Ko.SUSPENDED, "meter " + id + " is suspended in this concentrator's table");
            case BOUND -> refuse(order, Ko.NOT_COMMISSIONED, "meter " + id + " is bound but not commissioned");
            case COMMISSIONED -> commissioned(order, entry.get().meter(), left);
        }
    }

    private void commissioned(Order order, Meter meter, Duration left) {
        long deadline = services.nanos().getAsLong() + left.toNanos();
        if (order.type() == Order.Type.CHECK_CLOCK || order.type() == Order.Type.SET_CLOCK) {
            clock(order, meter, deadline);
            return;
        }
        OrderPlan plan;
        try {
            plan = OrderPlan.of(
                    order,
                    meter,
                    services.clock().instant(),
                    env.registers(),
                    env.load().statusWords(),
                    env.load().slotsPerRead());
        } catch (IllegalArgumentException e) {
            refuse(order, Ko.UNSUPPORTED, e.getMessage());
            return;
        }
        if (order.source() == Order.Source.CONCENTRATOR) {
            new StoredReading(services, env.recorder())
                    .read(order, meter, plan, r -> env.results().accept(r));
            return;
        }
        OrderWork work = new OrderWork(env.recorder(), meter, order.id(), plan);
        submit(order, meter, Priority.ON_DEMAND, deadline, work, result -> {
            if (result instanceof JobResult.Unreached u) {
                fail(order, u, work.lastSequence());
            } else {
                String observed = work.reading().observations(plan.expected());
                finish(order, observed.isEmpty() ? State.EXE : State.WARN, observed, work.lastSequence());
            }
        });
    }

    private void clock(Order order, Meter meter, long deadline) {
        boolean operator = order.type() == Order.Type.SET_CLOCK;
        LoadWork work = new LoadWork(
                env.load(), meter, order.id(), operator ? LoadWork.ClockMode.OPERATOR : LoadWork.ClockMode.AUTOMATIC);
        submit(order, meter, Priority.CONTROL, deadline, work, result -> {
            if (result instanceof JobResult.Unreached u) {
                fail(order, u, work.lastSequence());
            } else {
                clockResult(order, work.clock(), work.lastSequence());
            }
        });
    }

    private void clockResult(Order order, Optional<ClockKeeper.Outcome> outcome, long sequence) {
        if (outcome.isEmpty()) {
            finish(order, State.WARN, "the meter gave no clock", sequence);
            return;
        }
        ClockKeeper.Outcome o = outcome.get();
        String detail = o.decision().why() + "; now " + o.after().toSeconds() + " s";
        switch (o.decision().action()) {
            case NOTHING, SHIFT, SET -> finish(order, State.EXE, detail, sequence);
            default -> finish(order, State.WARN, detail, sequence);
        }
    }

    private void submit(Order order, Meter meter, Priority lane, long deadline, Work work, Consumer<JobResult> done) {
        env.queue().accept(new MeterJob(order.id(), meter, lane, deadline, work, done));
    }

    private void finish(Order order, State state, String detail, long sequence) {
        result(order, state, Optional.empty(), "", detail, sequence);
    }

    private void fail(Order order, JobResult.Unreached u, long sequence) {
        String who =
                switch (u.ko()) {
                    case METER_SILENT, AUTH_FAILED, IDENTITY, UNSUPPORTED, PROTOCOL, CLOCK_UNRESOLVED -> METER;
                    default -> CONCENTRATOR;
                };
        result(order, State.FAIL, Optional.of(u.ko()), who, u.detail(), sequence);
    }

    private void refuse(Order order, Ko ko, String detail) {
        result(order, State.FAIL, Optional.of(ko), CONCENTRATOR, detail, 0);
    }

    private void result(Order order, State state, Optional<Ko> ko, String who, String detail, long sequence) {
        String meter = order.meter().map(MeterId::number).orElse("");
        Instant finished = Instant.ofEpochMilli(services.clock().millis());
        env.results().accept(new OrderResult(order.id(), meter, state, ko, who, detail, sequence, finished));
    }
}
