package org.telar.collector.orders;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.FormatException;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.collector.integration.requests.OrderDesk;
import org.telar.contract.Order;

/** Orders for requests that come as messages (R20, R21): the same rules as for any other. Thread-safe. */
@Component
class CimOrders implements OrderDesk {
    private static final int MAX_POLLS = 1_000;

    private final Orders orders;
    private final OrderBook book;
    private final JdbcTemplate jdbc;

    CimOrders(Orders orders, OrderBook book, JdbcTemplate jdbc) {
        this.orders = orders;
        this.book = book;
        this.jdbc = jdbc;
    }

    @Override
    public String ask(Ask a) {
        return open(a).orElseGet(() -> create(a));
    }

    /** An open order that asks for the same of the same meter: each request gets its own reply (D22, G19). */
    private Optional<String> open(Ask a) {
        return jdbc
                .queryForList(
                        "SELECT order_id FROM orders WHERE meter_no = ? AND type = ? AND source = ?"
                                + " AND from_ts IS NOT DISTINCT FROM ?::timestamptz"
                                + " AND to_ts IS NOT DISTINCT FROM ?::timestamptz"
                                + " AND state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING')"
                                + " ORDER BY created_at LIMIT 1 FOR SHARE",
                        String.class,
                        a.meter(),
                        type(a.what()).name(),
                        (a.fromConcentrator() ? Order.Source.CONCENTRATOR : Order.Source.METER).name(),
                        a.range().map(r -> Timestamp.from(r.from())).orElse(null),
                        a.range().map(r -> Timestamp.from(r.to())).orElse(null))
                .stream()
                .findFirst();
    }

    private String create(Ask a) {
        OrderRequest request = new OrderRequest(
                new MeterId(a.meter()),
                type(a.what()),
                a.range(),
                a.fromConcentrator() ? Order.Source.CONCENTRATOR : Order.Source.METER,
                a.deadline(),
                a.requester(),
                Optional.of(a.key()));
        try {
            return orders.create(request).order().id();
        } catch (Orders.KeyConflict e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Order.Type type(What what) {
        return switch (what) {
            case REGISTERS -> Order.Type.READ_REGISTERS;
            case PROFILE -> Order.Type.READ_PROFILE;
            case CLOSINGS -> Order.Type.READ_CLOSINGS;
        };
    }

    @Override
    public Outcome outcome(String id, boolean withPolls) {
        StoredOrder o = book.find(id).orElseThrow(() -> new IllegalStateException("order " + id + " is gone"));
        Optional<Ko> ko = o.ko().isEmpty() ? Optional.empty() : Optional.of(Ko.valueOf(o.ko()));
        return new Outcome(id, o.meter(), state(o.state()), ko, o.who(), o.detail(), withPolls ? polls(id) : List.of());
    }

    private static State state(OrderState state) {
        if (!state.isFinal()) {
            return State.OPEN;
        }
        return state == OrderState.EXE ? State.DONE : state == OrderState.WARN ? State.WARNED : State.FAILED;
    }

    private List<Poll> polls(String id) {
        List<Poll> polls = new ArrayList<>();
        List<byte[]> kept = jdbc.query(
                "SELECT poll FROM order_poll WHERE order_id = ? ORDER BY epoch, sequence LIMIT " + MAX_POLLS,
                (r, n) -> r.getBytes(1),
                id);
        for (byte[] bytes : kept) {
            try {
                polls.add(PollCodec.decode(bytes));
            } catch (FormatException e) {
                throw new IllegalStateException("a kept poll of order " + id + " is damaged", e);
            }
        }
        return polls;
    }

    /** Somebody else's order goes on: a request that attached to it is only no longer answered. */
    @Override
    public boolean cancel(String order, String by) {
        List<String> own = jdbc.queryForList("SELECT requester FROM orders WHERE order_id = ?", String.class, order);
        return own.contains(by) && orders.cancel(order, by);
    }
}
