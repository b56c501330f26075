package org.telar.collector.integration.requests;

import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.GzipBuffer;
import org.telar.collector.integration.messages.Courier;
import org.telar.collector.integration.messages.Destination;

/** Requests and what they wait for. Thread-safe; changes join the caller's transaction. */
final class RequestStore {
    private static final String COLUMNS = "request_id, source, message_id, fingerprint, channel, verb, noun, wrap,"
            + " reply_address, compress, reading_types, state, first_reply";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** A request as stored. */
    record Stored(
            long id,
            String source,
            String messageId,
            byte[] fingerprint,
            String noun,
            CimRequest.Wrap wrap,
            Destination reply,
            boolean compress,
            List<String> readingTypes,
            boolean open,
            byte[] firstReply) {}

    /** An order that a request waits for. */
    record Item(String meter, String order, boolean cancelled) {}

    RequestStore(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @return empty when a request of that source and id is there already */
    Optional<Long> begin(CimRequest r, byte[] fingerprint, Channel channel, Destination reply, boolean compress) {
        return jdbc
                .query(
                        "INSERT INTO cim_request (source, message_id, fingerprint, channel, verb, noun, wrap,"
                                + " reply_address, compress, state, received_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'ANSWERED', ?) ON CONFLICT DO NOTHING"
                                + " RETURNING request_id",
                        (row, n) -> row.getLong(1),
                        r.header().source(),
                        r.header().messageId(),
                        fingerprint,
                        channel.kind().name(),
                        r.header().verb(),
                        r.header().noun(),
                        r.wrap().name(),
                        address(reply),
                        compress,
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    void settle(long id, Verdict verdict, byte[] firstReply) {
        Timestamp now = Timestamp.from(clock.instant());
        boolean open = !verdict.waiting().isEmpty();
        jdbc.update(
                "UPDATE cim_request SET state = ?, first_reply = ?, reading_types = string_to_array(?, ','),"
                        + " answered_at = ? WHERE request_id = ?",
                open ? "OPEN" : "ANSWERED",
                GzipBuffer.of(firstReply),
                String.join(",", verdict.readingTypes()),
                open ? null : now,
                id);
        List<Object[]> items = new ArrayList<>();
        for (Verdict.Item item : verdict.waiting()) {
            items.add(new Object[] {id, items.size(), item.meter(), item.order()});
        }
        jdbc.batchUpdate(
                "INSERT INTO cim_request_order (request_id, position, meter_no, order_id) VALUES (?, ?, ?, ?)", items);
    }

    Optional<Stored> find(String source, String messageId) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS + " FROM cim_request WHERE source = ? AND message_id = ?",
                        MAPPER,
                        source,
                        messageId)
                .stream()
                .findFirst();
    }

    /** Open requests whose orders are all over; the orders' table says so at once, however many wait. */
    List<Long> ready(int limit) {
        return jdbc.query(
                "SELECT request_id FROM cim_request r WHERE state = 'OPEN' AND NOT EXISTS (SELECT 1"
                        + " FROM cim_request_order i JOIN orders o USING (order_id) WHERE i.request_id = r.request_id"
                        + " AND NOT i.cancelled AND o.finished_at IS NULL) ORDER BY request_id LIMIT ?",
                (r, n) -> r.getLong(1),
                limit);
    }

    /** Locks an open request for its answer; empty when somebody else has it. */
    Optional<Stored> lock(long id) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS
                                + " FROM cim_request WHERE request_id = ? AND state = 'OPEN' FOR UPDATE SKIP LOCKED",
                        MAPPER,
                        id)
                .stream()
                .findFirst();
    }

    List<Item> items(long id) {
        return jdbc.query(
                "SELECT meter_no, order_id, cancelled FROM cim_request_order WHERE request_id = ? ORDER BY position",
                (r, n) -> new Item(r.getString(1), r.getString(2), r.getBoolean(3)),
                id);
    }

    void answered(long id) {
        jdbc.update(
                "UPDATE cim_request SET state = 'ANSWERED', answered_at = ? WHERE request_id = ?",
                Timestamp.from(clock.instant()),
                id);
    }

    /** @return orders of the request that no other open request waits for */
    List<String> cancel(long id) {
        jdbc.update("UPDATE cim_request_order SET cancelled = true WHERE request_id = ?", id);
        return jdbc.query(
                "SELECT order_id FROM cim_request_order i WHERE request_id = ? AND NOT EXISTS (SELECT 1"
                        + " FROM cim_request_order j JOIN cim_request r USING (request_id)"
                        + " WHERE j.order_id = i.order_id AND j.request_id <> i.request_id AND r.state = 'OPEN'"
                        + " AND NOT j.cancelled)",
                (r, n) -> r.getString(1),
                id);
    }

    private static String address(Destination d) {
        return d.kind() == Destination.Kind.KEPT ? "" : d.kind() + " " + d.name();
    }

    private static Destination destination(String address) {
        if (address.isEmpty()) {
            return Destination.kept();
        }
        int space = address.indexOf(' ');
        return new Destination(Destination.Kind.valueOf(address.substring(0, space)), address.substring(space + 1));
    }

    private static final RowMapper<Stored> MAPPER = (r, n) -> new Stored(
            r.getLong("request_id"),
            r.getString("source"),
            r.getString("message_id"),
            r.getBytes("fingerprint"),
            r.getString("noun"),
            CimRequest.Wrap.valueOf(r.getString("wrap")),
            destination(r.getString("reply_address")),
            r.getBoolean("compress"),
            Arrays.asList((String[]) r.getArray("reading_types").getArray()),
            r.getString("state").equals("OPEN"),
            r.getBytes("first_reply").length == 0 ? new byte[0] : Courier.plain(r.getBytes("first_reply")));
}
