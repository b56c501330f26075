package org.telar.concentrator.internal.orders;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.telar.acquisition.JobResult;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.concentrator.internal.Services;
import org.telar.concentrator.internal.activity.LogWork;
import org.telar.concentrator.internal.load.ClockKeeper;
import org.telar.concentrator.internal.load.LoadWork;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.concentrator.internal.table.MeterState;
import org.telar.contract.Order;
import org.telar.contract.Result.State;

/** Executes the orders for one meter, after the check against the own table (R32, R48, G4). Thread-safe. */
final class MeterOrders {
    private static final String CONCENTRATOR = "concentrator";
    private static final String METER = "meter";

    private final Services services;
    private final OrderEnvironment env;
    private final Function<MeterId, Optional<MeterEntry>> table;
    private final Answers answers;

    /** Takes the result of an order. */
    interface Answers {
        void result(Order order, State state, Optional<Ko> ko, String who, String detail, long sequence);
    }

    MeterOrders(
            Services services, OrderEnvironment env, Function<MeterId, Optional<MeterEntry>> table, Answers answers) {
        this.services = services;
        this.env = env;
        this.table = table;
        this.answers = answers;
    }

    void execute(Order order, MeterId id, Duration left) {
        Optional<MeterEntry> entry = table.apply(id);
        if (entry.isEmpty()) {
            refuse(order, Ko.UNKNOWN_METER, "meter " + id + " is not in this concentrator's table");
            return;
        }
        MeterState state = entry.get().state();
        if (state == MeterState.SUSPENDED) {
            refuse(order, Ko.SUSPENDED, "meter " + id + " is suspended in this concentrator's table");
        } else if (state == MeterState.BOUND && order.type() != Order.Type.COMMISSION) {
            refuse(order, Ko.NOT_COMMISSIONED, "meter " + id + " is bound but not commissioned");
        } else {
            long deadline = services.nanos().getAsLong() + left.toNanos();
            atMeter(order, entry.get().meter(), deadline);
        }
    }

    private void atMeter(Order order, Meter meter, long deadline) {
        switch (order.type()) {
            case CHECK_CLOCK, SET_CLOCK -> clock(order, meter, deadline);
            case COMMISSION -> commission(order, meter, deadline);
            case READ_EVENTS -> events(order, meter, deadline);
            default -> read(order, meter, deadline);
        }
    }

    private void read(Order order, Meter meter, long deadline) {
        OrderPlan plan;
        try {
            plan = OrderPlan.of(
                    order, meter, services.clock().instant(), env.settings().get());
        } catch (IllegalArgumentException e) {
            refuse(order, Ko.UNSUPPORTED, e.getMessage());
            return;
        }
        if (order.source() == Order.Source.CONCENTRATOR) {
            new StoredReading(services, env.load().recorder())
                    .read(
                            order,
                            meter,
                            plan,
                            r -> answers.result(order, r.state(), r.ko(), r.who(), r.detail(), r.readingSequence()));
            return;
        }
        OrderWork work = new OrderWork(env.load().recorder(), meter, order.id(), plan);
        submit(order, meter, Priority.ON_DEMAND, deadline, work, result -> {
            if (result instanceof JobResult.Unreached u) {
                fail(order, u, work.lastSequence());
            } else {
                String observed = work.reading().observations(plan.expected());
                String all = observed.isEmpty() || work.path().isEmpty()
                        ? observed + work.path()
                        : observed + "; " + work.path();
                done(order, all.isEmpty() ? State.EXE : State.WARN, all, work.lastSequence());
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
            done(order, State.WARN, "the meter gave no clock", sequence);
            return;
        }
        ClockKeeper.Outcome o = outcome.get();
        String detail = o.decision().why() + "; now " + o.after().toSeconds() + " s";
        switch (o.decision().action()) {
            case NOTHING, SHIFT, SET -> done(order, State.EXE, detail, sequence);
            default -> done(order, State.WARN, detail, sequence);
        }
    }

    private void commission(Order order, Meter meter, long deadline) {
        CommissionWork work = new CommissionWork(env.load(), meter, order.id());
        submit(order, meter, Priority.CONTROL, deadline, work, result -> {
            if (result instanceof JobResult.Unreached u) {
                fail(order, u, work.lastSequence());
            } else {
                done(order, work.observed().isEmpty() ? State.EXE : State.WARN, work.detail(), work.lastSequence());
            }
        });
    }

    private void events(Order order, Meter meter, long deadline) {
        if (order.source() == Order.Source.CONCENTRATOR) {
            refuse(order, Ko.UNSUPPORTED, "event logs are read from the meter only");
            return;
        }
        List<Obis> logs = env.settings().get().eventLogs();
        LogWork work = new LogWork(env.load(), env.logs(), meter, logs, order.range());
        submit(order, meter, Priority.ON_DEMAND, deadline, work, result -> {
            if (result instanceof JobResult.Unreached u) {
                fail(order, u, 0);
            } else {
                done(order, State.EXE, work.sent() + " events of " + work.rows() + " rows", 0);
            }
        });
    }

    private void submit(Order order, Meter meter, Priority lane, long deadline, Work work, Consumer<JobResult> done) {
        env.queue().accept(new MeterJob(order.id(), meter, lane, deadline, work, done));
    }

    private void done(Order order, State state, String detail, long sequence) {
        answers.result(order, state, Optional.empty(), "", detail, sequence);
    }

    private void fail(Order order, JobResult.Unreached u, long sequence) {
        String who =
                switch (u.ko()) {
                    case METER_SILENT, AUTH_FAILED, IDENTITY, UNSUPPORTED, PROTOCOL, CLOCK_UNRESOLVED -> METER;
                    default -> CONCENTRATOR;
                };
        answers.result(order, State.FAIL, Optional.of(u.ko()), who, u.detail(), sequence);
    }

    private void refuse(Order order, Ko ko, String detail) {
        answers.result(order, State.FAIL, Optional.of(ko), CONCENTRATOR, detail, 0);
    }
}
