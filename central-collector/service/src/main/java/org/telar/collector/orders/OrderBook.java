package org.telar.collector.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.Ko;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.events.EventStore;
import org.telar.contract.Event;
import org.telar.contract.Order;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The state machine of orders in the database. Every change says from which states it is allowed, so that two
 * instances, a late receipt or a repeated result never turn it back. Thread-safe; changes join the caller's transaction.
 */
@Component
public class OrderBook {
    private static final String COLUMNS =
            "order_id, type, meter_no, gateway, from_ts, to_ts, source, state, ko, who, detail, attempts, created_at,"
                    + " deadline, sent_at, receipt_at, finished_at, bulk, parameters";

    private static final String INSERT = "INSERT INTO orders (" + COLUMNS
            + ", requester, idempotency_key, request_sha256) VALUES (" + "?, ".repeat(18) + "?::jsonb, ?, ?, ?)";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final EventStore events;

    public OrderBook(JdbcTemplate jdbc, Clock clock, EventStore events) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.events = events;
    }

    /** Inserts an order in the state it is born in. */
    void insert(StoredOrder o, String requester, Optional<String> key, byte[] fingerprint) {
        jdbc.update(INSERT, values(o, requester, key.orElse(null), fingerprint));
        if (o.state().isFinal()) {
            tell(o);
        }
    }

    /** Inserts orders of a plan; those that are refused have their event (R34). */
    void insertAll(List<StoredOrder> orders, String requester) {
        jdbc.batchUpdate(
                INSERT,
                orders.stream().map(o -> values(o, requester, null, null)).toList());
        orders.stream().filter(o -> o.state().isFinal()).forEach(this::tell);
    }

    private static Object[] values(StoredOrder o, String requester, String key, byte[] fingerprint) {
        return new Object[] {
            o.id(),
            o.type().name(),
            o.meter(),
            o.gateway(),
            timestamp(o.range().map(TimeRange::from)),
            timestamp(o.range().map(TimeRange::to)),
            o.source().name(),
            o.state().name(),
            o.ko(),
            o.who(),
            o.detail(),
            o.attempts(),
            Timestamp.from(o.createdAt()),
            Timestamp.from(o.deadline()),
            timestamp(o.sentAt()),
            timestamp(o.receiptAt()),
            timestamp(o.finishedAt()),
            o.bulk(),
            JSON.writeValueAsString(o.parameters()),
            requester,
            key,
            fingerprint
        };
    }

    public Optional<StoredOrder> find(String id) {
        return jdbc.query("SELECT " + COLUMNS + " FROM orders WHERE order_id = ?", (r, n) -> order(r), id).stream()
                .findFirst();
    }

    /** An earlier order of the same requester and key. */
    Optional<Earlier> earlier(String requester, String key) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS
                                + ", request_sha256 FROM orders WHERE requester = ? AND idempotency_key = ?",
                        (r, n) -> new Earlier(order(r), r.getBytes("request_sha256")),
                        requester,
                        key)
                .stream()
                .findFirst();
    }

    /** The order that another request of the same requester and key was attached to. */
    Optional<Earlier> attached(String requester, String key) {
        return jdbc
                .query(
                        "SELECT o.*, q.request_sha256 AS asked FROM order_request q JOIN orders o USING (order_id)"
                                + " WHERE q.requester = ? AND q.idempotency_key = ?",
                        (r, n) -> new Earlier(order(r), r.getBytes("asked")),
                        requester,
                        key)
                .stream()
                .findFirst();
    }

    /** An open order of people for the very same thing (D22). */
    Optional<StoredOrder> openFor(OrderRequest request) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS + " FROM orders WHERE meter_no = ? AND type = ? AND source = ? AND NOT bulk"
                                + " AND from_ts IS NOT DISTINCT FROM ? AND to_ts IS NOT DISTINCT FROM ?"
                                + " AND state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING') AND deadline > ?"
                                + " ORDER BY created_at LIMIT 1",
                        (r, n) -> order(r),
                        request.meter().number(),
                        request.type().name(),
                        request.source().name(),
                        timestamp(request.range().map(TimeRange::from)),
                        timestamp(request.range().map(TimeRange::to)),
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    void attach(String order, String requester, String key, byte[] fingerprint) {
        jdbc.update(
                "INSERT INTO order_request (requester, idempotency_key, order_id, request_sha256, at)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                requester,
                key,
                order,
                fingerprint,
                Timestamp.from(clock.instant()));
    }

    /** Requests for one meter take turns until their transactions end. */
    void serialize(String meter) {
        jdbc.query("SELECT pg_advisory_xact_lock(hashtext('order/' || ?))", r -> {}, meter);
    }

    record Earlier(StoredOrder order, byte[] fingerprint) {}

    /** Newest first; {@code meter} and {@code state} may be empty. */
    public List<StoredOrder> list(String meter, String state, int limit, long offset) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM orders WHERE (? = '' OR meter_no = ?) AND (? = '' OR state = ?)"
                        + " ORDER BY created_at DESC, order_id LIMIT ? OFFSET ?",
                (r, n) -> order(r),
                meter,
                meter,
                state,
                state,
                limit,
                offset);
    }

    public long count(String meter, String state) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM orders WHERE (? = '' OR meter_no = ?) AND (? = '' OR state = ?)",
                Long.class,
                meter,
                meter,
                state,
                state);
        return n == null ? 0 : n;
    }

    /** How many orders are in each state. */
    public Map<String, Long> byState() {
        Map<String, Long> counts = new java.util.TreeMap<>();
        jdbc.query("SELECT state, count(*) FROM orders GROUP BY state", r -> {
            counts.put(r.getString(1), r.getLong(2));
        });
        return counts;
    }

    /**
     * Takes orders that are to be sent, new ones and those whose receipt did not come in time (D15), people's before
     * plans'. They count as sent from here on: another instance passes them by, and if this one dies before the broker
     * has them, the missing receipt brings them back.
     */
    List<StoredOrder> claim(int limit, Duration receipt) {
        Instant now = clock.instant();
        Timestamp at = Timestamp.from(now);
        return jdbc.query(
                "WITH claimed AS (UPDATE orders o SET state = 'SENT', sent_at = coalesce(o.sent_at, ?), receipt_due = ?,"
                        + " attempts = o.attempts + 1 FROM (SELECT order_id FROM orders WHERE deadline > ?"
                        + " AND gateway <> '' AND (state = 'VALIDATED' OR state = 'SENT' AND receipt_due <= ?)"
                        + " ORDER BY bulk, seq LIMIT ? FOR UPDATE SKIP LOCKED) c"
                        + " WHERE o.order_id = c.order_id RETURNING o.*) SELECT * FROM claimed ORDER BY bulk, seq",
                (r, n) -> order(r),
                at,
                Timestamp.from(now.plus(receipt)),
                at,
                at,
                limit);
    }

    /** The broker did not take it: it is to be sent as if it had not been tried. */
    void notSent(StoredOrder o) {
        jdbc.update(
                "UPDATE orders SET state = CASE WHEN attempts <= 1 THEN 'VALIDATED' ELSE 'SENT' END,"
                        + " sent_at = CASE WHEN attempts <= 1 THEN NULL ELSE sent_at END, receipt_due = ?,"
                        + " attempts = greatest(0, attempts - 1) WHERE order_id = ? AND state = 'SENT' AND attempts = ?",
                Timestamp.from(clock.instant().plusSeconds(1)),
                o.id(),
                o.attempts());
    }

    List<StoredOrder> overdue(int limit) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM orders WHERE state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING')"
                        + " AND deadline <= ? ORDER BY deadline LIMIT ?",
                (r, n) -> order(r),
                Timestamp.from(clock.instant()),
                limit);
    }

    /** @return false when the order is none of this gateway's, or over */
    boolean received(String id, String gateway) {
        return jdbc.update(
                        "UPDATE orders SET state = 'RUNNING', receipt_at = coalesce(receipt_at, ?)"
                                + " WHERE order_id = ? AND gateway = ? AND state IN ('VALIDATED', 'SENT', 'RUNNING')",
                        Timestamp.from(clock.instant()),
                        id,
                        gateway)
                > 0;
    }

    /** Ends an open order, once, with an event (R34). @return false when it was over already */
    public boolean finish(String id, OrderState state, Optional<Ko> ko, String who, String detail) {
        String text = detail.length() > 500 ? detail.substring(0, 500) : detail;
        int changed = jdbc.update(
                "UPDATE orders SET state = ?, ko = ?, who = ?, detail = ?, finished_at = ?"
                        + " WHERE order_id = ? AND state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING')",
                state.name(),
                ko.map(Ko::name).orElse(""),
                who,
                text.replace("\u0000", ""),
                Timestamp.from(clock.instant()),
                id);
        if (changed > 0) {
            find(id).ifPresent(this::tell);
        }
        return changed > 0;
    }

    private void tell(StoredOrder o) {
        String subject = o.meter().isEmpty() ? "gateway " + o.gateway() : "meter " + o.meter();
        String text = o.type() + " of " + subject + " ended as " + o.state()
                + (o.ko().isEmpty() ? "" : " (" + o.ko() + ")")
                + (o.detail().isEmpty() ? "." : ": " + o.detail());
        events.raise(
                o.gateway(),
                new Event(
                        "order/" + o.id() + "/" + o.state(),
                        clock.instant(),
                        "ORDER_" + o.state(),
                        criticality(o),
                        o.meter(),
                        text,
                        Map.of("order", o.id(), "ko", o.ko(), "who", o.who())));
    }

    /** By the table that a site may change (R34); the code counts more than the state. */
    private Severity criticality(StoredOrder o) {
        return jdbc
                .query(
                        "SELECT severity FROM criticality WHERE code IN (?, ?) ORDER BY code = ? DESC LIMIT 1",
                        (r, n) -> Severity.valueOf(r.getString(1)),
                        o.ko(),
                        o.state().name(),
                        o.ko())
                .stream()
                .findFirst()
                .orElse(o.state() == OrderState.EXE ? Severity.INFO : Severity.WARNING);
    }

    private static Timestamp timestamp(Optional<Instant> at) {
        return at.map(Timestamp::from).orElse(null);
    }

    private static Optional<Instant> instant(ResultSet r, String column) throws SQLException {
        return Optional.ofNullable(r.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static StoredOrder order(ResultSet r) throws SQLException {
        Optional<Instant> to = instant(r, "to_ts");
        Optional<TimeRange> range = to.isEmpty()
                ? Optional.empty()
                : Optional.of(new TimeRange(instant(r, "from_ts").orElseThrow(), to.get()));
        return new StoredOrder(
                r.getString("order_id"),
                Order.Type.valueOf(r.getString("type")),
                r.getString("meter_no"),
                r.getString("gateway"),
                range,
                Order.Source.valueOf(r.getString("source")),
                OrderState.valueOf(r.getString("state")),
                r.getString("ko"),
                r.getString("who"),
                r.getString("detail"),
                r.getInt("attempts"),
                instant(r, "created_at").orElseThrow(),
                instant(r, "deadline").orElseThrow(),
                instant(r, "sent_at"),
                instant(r, "receipt_at"),
                instant(r, "finished_at"),
                r.getBoolean("bulk"),
                JSON.readValue(r.getString("parameters"), new TypeReference<Map<String, String>>() {}));
    }
}
