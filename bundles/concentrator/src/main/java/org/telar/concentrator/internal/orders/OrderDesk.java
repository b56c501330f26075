package org.telar.concentrator.internal.orders;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.concentrator.internal.OutboxWriter;
import org.telar.concentrator.internal.Services;
import org.telar.concentrator.internal.activity.ActivityRuns;
import org.telar.concentrator.internal.table.MeterEntry;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;
import org.telar.contract.Result.OrderResult;
import org.telar.contract.Result.State;
import org.telar.contract.Topics;

/**
 * Takes orders: to the journal and receipt at once, execution, result with code and who refused (D15, R26). A repeated order is
 * received again and executed once, also when the agent was stopped meanwhile. Runs of the agenda are kept in the same
 * way. Thread-safe.
 */
public final class OrderDesk {
    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);
    private static final String CONCENTRATOR = "concentrator";

    private final Services services;
    private final OrderEnvironment env;
    private final MeterOrders meters;
    private final OrderJournal journal;
    private final OutboxWriter outbox;
    private final Executor executor;
    private volatile boolean closed;

    /**
     * @param executor for what takes longer than the uplink's delivery thread may be held; one thread, in order
     * @param outbox takes the results
     */
    public OrderDesk(
            Services services,
            OrderEnvironment env,
            Function<MeterId, Optional<MeterEntry>> table,
            OrderJournal journal,
            OutboxWriter outbox,
            Executor executor) {
        this.services = services;
        this.env = env;
        this.journal = journal;
        this.outbox = outbox;
        this.executor = executor;
        this.meters = new MeterOrders(services, env, table, this::result);
    }

    /** Goes on with what was open when the agent was stopped. */
    public void resume() {
        journal.undelivered().forEach(this::deliver);
        for (Order order : journal.open()) {
            LOG.info("Order {} goes on after a restart", order.id());
            executor.execute(() -> execute(order));
        }
    }

    /** No result from now on: what is open is kept for the next start. */
    public void close() {
        closed = true;
    }

    /** Takes an order; returns at once. */
    public void take(Order order) {
        try {
            executor.execute(() -> taken(order));
        } catch (RejectedExecutionException e) {
            receipt(order);
            LOG.warn("Order {} is refused, too many wait", order.id());
            append(new OrderResult(
                    order.id(),
                    number(order),
                    State.FAIL,
                    Optional.of(Ko.BUSY),
                    CONCENTRATOR,
                    "too many orders wait",
                    0,
                    now()));
        }
    }

    private void taken(Order order) {
        boolean isNew;
        try {
            isNew = journal.take(order);
        } catch (IOException e) {
            receipt(order);
            services.events()
                    .event(
                            "ORDER_JOURNAL_FAULT",
                            Severity.CRITICAL,
                            "Orders cannot be kept on disk and are refused: " + e.getMessage(),
                            Map.of("order", order.id()));
            append(new OrderResult(
                    order.id(),
                    number(order),
                    State.FAIL,
                    Optional.of(Ko.CONCENTRATOR_FAULT),
                    CONCENTRATOR,
                    "disk: the order cannot be kept: " + e.getMessage(),
                    0,
                    now()));
            return;
        }
        receipt(order);
        if (isNew) {
            execute(order);
        }
    }

    private void receipt(Order order) {
        services.uplink().publishTransient(Topics.RECEIPTS, Contract.encodeReceipt(order.id()));
    }

    /** An N2PLoad run that the agenda starts: like an order, it goes on after a restart and ends with its summary. */
    public void run(String id, Duration limit) {
        Instant deadline = now().plus(limit);
        Order order =
                new Order(id, Order.Type.RUN_N2PLOAD, Optional.empty(), Optional.empty(), Order.Source.METER, deadline);
        executor.execute(() -> {
            try {
                if (!journal.take(order)) {
                    return;
                }
            } catch (IOException e) {
                LOG.error("Run {} would not survive a restart: {}", id, e.toString());
            }
            env.runs().start(id, limit);
        });
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
                return;
            }
            switch (order.type()) {
                case RUN_N2PLOAD -> env.runs().start(order.id(), left);
                case RUN_ACTIVITY -> activity(order, left);
                case CANCEL -> cancel(order);
                default -> {
                    if (order.meter().isEmpty()) {
                        refuse(order, Ko.UNSUPPORTED, order.type() + " needs a meter");
                    } else {
                        meters.execute(order, order.meter().get(), left);
                    }
                }
            }
        } catch (RuntimeException e) {
            LOG.error("Order {} failed inside", order.id(), e);
            refuse(order, Ko.INTERNAL, "a fault of the agent: " + e);
        }
    }

    private void activity(Order order, Duration left) {
        String name = order.parameters().getOrDefault("activity", "");
        Agenda.Type type;
        try {
            type = Agenda.Type.valueOf(name);
        } catch (IllegalArgumentException e) {
            refuse(
                    order,
                    Ko.UNSUPPORTED,
                    "parameter activity: one of " + java.util.Arrays.toString(Agenda.Type.values())
                            + " expected, got \"" + name + "\"");
            return;
        }
        if (type == Agenda.Type.N2PLOAD) {
            env.runs().start(order.id(), left);
            return;
        }
        env.activities().start(order.id(), type, left, (ActivityRuns.Summary s) -> {
            String detail = s.reached() + " of " + s.meters() + " meters";
            State state = s.reached() == s.meters() ? State.EXE : s.reached() > 0 ? State.WARN : State.FAIL;
            Optional<Ko> ko = state == State.FAIL ? Optional.of(Ko.METER_SILENT) : Optional.empty();
            result(order, state, ko, ko.isPresent() ? CONCENTRATOR : "", detail, 0);
        });
    }

    private void cancel(Order order) {
        String target = order.parameters().getOrDefault("order", "");
        if (!journal.isOpen(target)) {
            done(order, State.WARN, "order " + target + " is not open here");
            return;
        }
        int jobs = env.canceller().cancel(target, "cancelled by order " + order.id());
        done(
                order,
                jobs > 0 ? State.EXE : State.WARN,
                jobs > 0
                        ? jobs + " waiting jobs were ended"
                        : "order " + target + " is at work and will end by itself");
    }

    private void done(Order order, State state, String detail) {
        result(order, state, Optional.empty(), "", detail, 0);
    }

    private void refuse(Order order, Ko ko, String detail) {
        result(order, State.FAIL, Optional.of(ko), CONCENTRATOR, detail, 0);
    }

    private void result(Order order, State state, Optional<Ko> ko, String who, String detail, long sequence) {
        finished(order.id(), new OrderResult(order.id(), number(order), state, ko, who, detail, sequence, now()));
    }

    /** The result of an order, or the summary of a run: kept, then handed to the outbox. */
    public void finished(String id, Result result) {
        if (closed) {
            return;
        }
        try {
            if (!journal.result(id, result)) {
                return;
            }
        } catch (IOException e) {
            LOG.error("The result of {} is not on disk yet: {}", id, e.toString());
        }
        deliver(id, result);
    }

    private void deliver(String id, Result result) {
        boolean taken = outbox.offer(OutboxKind.RESULT, Lane.URGENT, Contract.encode(result), () -> {
            try {
                journal.delivered(id);
            } catch (IOException e) {
                LOG.warn("That the result of {} is in the outbox is not on disk: {}", id, e.toString());
            }
        });
        if (!taken) {
            LOG.error("The result of {} found no room in the queue to the store; it is sent after a restart", id);
        }
    }

    private void append(Result result) {
        if (!outbox.offer(OutboxKind.RESULT, Lane.URGENT, Contract.encode(result))) {
            LOG.error("A result found no room in the queue to the store: {}", result);
        }
    }

    private static String number(Order order) {
        return order.meter().map(MeterId::number).orElse("");
    }

    private Instant now() {
        return Instant.ofEpochMilli(services.clock().millis());
    }
}
