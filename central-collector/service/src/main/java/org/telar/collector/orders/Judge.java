package org.telar.collector.orders;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Ko;
import org.telar.collector.ingest.ActivityBook;
import org.telar.collector.ingest.Mark;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.n2pload.LoadRuns;
import org.telar.collector.registry.Confirmations;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Order;
import org.telar.contract.Result;

/**
 * Keeps results until the readings they speak of have been ingested, and judges then: an order when its own sequence is
 * in, a run when everything up to its last one is (D12), so that no meter is called unreached while its data travels.
 */
@Component
public class Judge implements ActivityBook {
    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate savepoint;
    private final OrderBook orders;
    private final LoadRuns runs;
    private final PendingWork pending;
    private final Confirmations confirmations;
    private final Clock clock;

    private record Waiting(long id, String gateway, long epoch, String kind, long needs, byte[] payload) {}

    public Judge(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            OrderBook orders,
            LoadRuns runs,
            PendingWork pending,
            Confirmations confirmations,
            Clock clock) {
        this.jdbc = jdbc;
        this.savepoint = new TransactionTemplate(transactions.getTransactionManager());
        this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        this.orders = orders;
        this.runs = runs;
        this.pending = pending;
        this.confirmations = confirmations;
        this.clock = clock;
    }

    /** Keeps what orders brought, for their answers. */
    @Override
    public void polled(List<Brought> polls) {
        for (Brought b : polls) {
            if (b.activity().startsWith("o-")) {
                jdbc.update(
                        "INSERT INTO order_poll (order_id, gateway, epoch, sequence, poll)"
                                + " SELECT order_id, ?, ?, ?, ? FROM orders WHERE order_id = ? ON CONFLICT DO NOTHING",
                        b.gateway(),
                        b.epoch(),
                        b.sequence(),
                        b.payload(),
                        b.activity());
            }
        }
    }

    @Override
    public void result(String gateway, long epoch, Result result, byte[] payload) {
        if (result instanceof Result.Applied applied) {
            confirmations.take(gateway, applied);
            return;
        }
        boolean order = result instanceof Result.OrderResult;
        String id = result instanceof Result.OrderResult o ? o.order() : ((Result.RunSummary) result).run();
        long needs = result instanceof Result.OrderResult o
                ? o.readingSequence()
                : ((Result.RunSummary) result).lastSequence();
        jdbc.update(
                "INSERT INTO result_pending (gateway, epoch, kind, result_id, needs_sequence, payload, received_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                gateway,
                epoch,
                order ? "ORDER" : "RUN",
                id.replace("\u0000", ""),
                needs,
                payload,
                Timestamp.from(clock.instant()));
    }

    @Override
    public void ingested(Collection<Mark> marks) {
        for (Mark mark : marks) {
            for (Waiting w : waiting("gateway = ? AND epoch = ?", mark.gateway(), mark.epoch())) {
                boolean ready = w.kind().equals("ORDER")
                        ? w.needs() == 0 || mark.holds(w.needs())
                        : mark.highWater() >= w.needs();
                if (ready) {
                    judge(w);
                }
            }
        }
    }

    /** A store that was lost takes its missing sequences with it: what waits for them is judged by what there is. */
    public void judgeLostEpochs() {
        waiting("EXISTS (SELECT 1 FROM ingest_mark m WHERE m.gateway = p.gateway AND m.epoch > p.epoch)")
                .forEach(this::judge);
    }

    private List<Waiting> waiting(String condition, Object... arguments) {
        return jdbc.query(
                "SELECT id, gateway, epoch, kind, needs_sequence, payload FROM result_pending p WHERE " + condition
                        + " ORDER BY id LIMIT 1000",
                (r, n) -> new Waiting(
                        r.getLong(1), r.getString(2), r.getLong(3), r.getString(4), r.getLong(5), r.getBytes(6)),
                arguments);
    }

    /** A judgement that fails never takes the readings of the same transaction with it. */
    private void judge(Waiting w) {
        try {
            savepoint.executeWithoutResult(status -> {
                try {
                    Result result = Contract.decodeResult(w.payload());
                    if (result instanceof Result.OrderResult o) {
                        judge(w.gateway(), w.epoch(), o);
                    } else if (result instanceof Result.RunSummary run) {
                        judge(w.gateway(), run);
                    }
                } catch (ContractException damaged) {
                    throw new IllegalStateException("a kept result is damaged", damaged);
                }
            });
        } catch (RuntimeException e) {
            LOG.error("A result of {} cannot be judged", w.gateway(), e);
        }
        jdbc.update("DELETE FROM result_pending WHERE id = ?", w.id());
    }

    private void judge(String gateway, long epoch, Result.OrderResult r) {
        Optional<StoredOrder> order =
                orders.find(r.order()).filter(o -> o.gateway().equals(gateway));
        if (r.order().startsWith(Orders.CANCEL_PREFIX)) {
            return;
        }
        if (order.isEmpty()) {
            LOG.warn("Gateway {} answers order {}, which is none of its own", gateway, r.order());
            return;
        }
        OrderState state =
                switch (r.state()) {
                    case EXE -> OrderState.EXE;
                    case WARN -> OrderState.WARN;
                    case FAIL -> OrderState.FAIL;
                };
        String detail = r.detail();
        if (state == OrderState.EXE && r.readingSequence() > 0 && !brought(r.order(), epoch, r.readingSequence())) {
            state = OrderState.WARN;
            detail = "the reading came and could not be taken (held or in quarantine)";
        }
        boolean ended = orders.finish(r.order(), state, r.ko(), r.who(), detail);
        if (ended && order.get().type() == Order.Type.COMMISSION && state != OrderState.FAIL) {
            commissioned(order.get().meter());
        }
        if (!order.get().bulk()) {
            pending.ended(r.order());
        }
        if (order.get().meter().isEmpty() && state == OrderState.FAIL) {
            runs.failed(r.order(), detail);
        }
    }

    /** The concentrator has associated with the meter and found it to be the one (R88). */
    private void commissioned(String meter) {
        jdbc.update(
                "UPDATE meter SET state = 'COMMISSIONED', commissioned_at = coalesce(commissioned_at, ?), updated_at = ?"
                        + " WHERE meter_no = ? AND state = 'BOUND'",
                Timestamp.from(clock.instant()),
                Timestamp.from(clock.instant()),
                meter);
    }

    private boolean brought(String order, long epoch, long sequence) {
        Integer n = jdbc.queryForObject(
                "SELECT count(*) FROM order_poll WHERE order_id = ? AND epoch = ? AND sequence = ?",
                Integer.class,
                order,
                epoch,
                sequence);
        return n != null && n > 0;
    }

    private void judge(String gateway, Result.RunSummary summary) {
        LoadRuns.Verdict verdict = runs.judge(gateway, summary);
        if (!verdict.taken()) {
            return;
        }
        OrderState state = verdict.allReached() && summary.complete() ? OrderState.EXE : OrderState.WARN;
        Optional<Ko> ko = summary.complete() ? Optional.empty() : Optional.of(Ko.DEADLINE);
        orders.finish(summary.run(), state, ko, state == OrderState.EXE ? "" : "concentrator", verdict.words());
        pending.ended(summary.run());
    }
}
