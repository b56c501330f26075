package org.telar.collector.testing;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;

/** A concentrator that answers orders by a script, on the real broker; it executes each order once, as the agent does. */
public final class ScriptedGateway implements AutoCloseable {
    private final FakeEdge edge;
    private final Clock clock;
    private final Function<Order, Optional<Ko>> script;
    /** By gateway: an outbox goes on where it was when the gateway came back. */
    private static final Map<String, AtomicLong> SEQUENCES = new ConcurrentHashMap<>();

    private final AtomicLong sequence;
    private final List<String> cancelled = new CopyOnWriteArrayList<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final List<Order> executed = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    /** @param script what comes of an order: empty = EXE, else FAIL with the code; null = no answer at all */
    public ScriptedGateway(FakeEdge edge, Clock clock, Function<Order, Optional<Ko>> script) throws Exception {
        this.edge = edge;
        this.clock = clock;
        this.script = script;
        this.sequence = SEQUENCES.computeIfAbsent(edge.gateway(), g -> new AtomicLong());
        edge.onOrder(o -> executor.execute(() -> take(o)));
    }

    private void take(Order order) {
        try {
            edge.receipt(order.id());
            if (!seen.add(order.id())) {
                return;
            }
            if (order.type() == Order.Type.CANCEL) {
                cancelled.add(order.parameters().get("order"));
                return;
            }
            executed.add(order);
            Optional<Ko> ko = script.apply(order);
            if (ko != null) {
                edge.send(
                        OutboxKind.RESULT,
                        1,
                        new Batch.Entry(sequence.incrementAndGet(), Contract.encode(result(order, ko))));
            }
        } catch (Exception e) {
            throw new IllegalStateException("the scripted gateway failed at " + order.id(), e);
        }
    }

    private Result result(Order order, Optional<Ko> ko) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        if (order.type() == Order.Type.RUN_N2PLOAD) {
            return new Result.RunSummary(order.id(), now, now, 0, true, List.of());
        }
        return new Result.OrderResult(
                order.id(),
                order.meter().map(MeterId::number).orElse(""),
                ko.isEmpty() ? Result.State.EXE : Result.State.FAIL,
                ko,
                ko.isEmpty() ? "" : "meter",
                ko.isEmpty() ? "" : "scripted",
                0,
                now);
    }

    /** What it executed, in the order it came. */
    public List<Order> executed() {
        return List.copyOf(executed);
    }

    /** Orders it was told to give up. */
    public List<String> cancelled() {
        return List.copyOf(cancelled);
    }

    @Override
    public void close() throws Exception {
        executor.shutdownNow();
        edge.close();
    }
}
