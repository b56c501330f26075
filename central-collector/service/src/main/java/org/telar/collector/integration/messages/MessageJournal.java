package org.telar.collector.integration.messages;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.collector.integration.cim.CimRequest;
import org.telar.collector.integration.cim.GzipBuffer;
import org.telar.collector.integration.cim.MessageHeader;
import org.telar.collector.integration.cim.Reply;

/**
 * Every CIM message, in and out, findable by MessageID, order or meter. Thread-safe; writes join the transaction they
 * are called in.
 */
public final class MessageJournal {
    /** Longer lists are cut: the body has them all. */
    private static final int MAX_NAMES = 10_000;

    private static final String COLUMNS =
            "id, at, direction, channel, verb, noun, source, message_id, correlation_id, orders, cardinality(meters),"
                    + " meters[1:100], result, code, reason, size, encode(sha256, 'hex')";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** Which way a message went. */
    public enum Direction {
        IN,
        OUT
    }

    /**
     * What is noted.
     *
     * @param result OK, PARTIAL or FAILED; empty for an event
     * @param bodyGz empty when the bytes are kept elsewhere
     */
    public record Note(
            Direction direction,
            String channel,
            MessageHeader header,
            Collection<String> orders,
            Collection<String> meters,
            String result,
            String code,
            String reason,
            long size,
            byte[] sha256,
            Optional<byte[]> bodyGz) {

        public static Note in(
                String channel,
                MessageHeader header,
                Collection<String> orders,
                Collection<String> meters,
                byte[] body) {
            return of(Direction.IN, channel, header, orders, meters, "", "", "", body);
        }

        public static Note out(
                String channel,
                MessageHeader header,
                Collection<String> orders,
                Collection<String> meters,
                Optional<Reply> reply,
                byte[] body) {
            return of(
                    Direction.OUT,
                    channel,
                    header,
                    orders,
                    meters,
                    reply.map(r -> r.result().name()).orElse(""),
                    reply.map(Reply::code).orElse(""),
                    reply.map(MessageJournal::words).orElse(""),
                    body);
        }

        private static Note of(
                Direction direction,
                String channel,
                MessageHeader header,
                Collection<String> orders,
                Collection<String> meters,
                String result,
                String code,
                String reason,
                byte[] body) {
            return new Note(
                    direction,
                    channel,
                    header,
                    orders,
                    meters,
                    result,
                    code,
                    reason,
                    body.length,
                    MessageJournal.sha256(body),
                    Optional.of(GzipBuffer.of(body)));
        }

        /** The same with what became of it. */
        public Note settled(String newResult, String newCode, String newReason) {
            return new Note(
                    direction, channel, header, orders, meters, newResult, newCode, newReason, size, sha256, bodyGz);
        }
    }

    /**
     * A noted message.
     *
     * @param meters the first 100
     */
    public record Entry(
            long id,
            Instant at,
            Direction direction,
            String channel,
            String verb,
            String noun,
            String source,
            String messageId,
            String correlationId,
            List<String> orders,
            int meterCount,
            List<String> meters,
            String result,
            String code,
            String reason,
            long size,
            String sha256) {}

    /** What to look for; empty texts say nothing. */
    public record Filter(String messageId, String order, String meter, String direction, String noun) {}

    public MessageJournal(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    public void note(Note note) {
        jdbc.execute((ConnectionCallback<Void>) db -> {
            insert(db, note, clock.instant());
            return null;
        });
    }

    /** For callers with a connection of their own. */
    public static void insert(Connection db, Note n, Instant at) throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO message_journal (at, direction, channel, verb, noun, source, message_id, correlation_id,"
                        + " orders, meters, result, code, reason, size, sha256, body_gz)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setTimestamp(1, Timestamp.from(at));
            insert.setString(2, n.direction().name());
            insert.setString(3, n.channel());
            insert.setString(4, n.header().verb());
            insert.setString(5, n.header().noun());
            insert.setString(6, n.header().source());
            insert.setString(7, n.header().messageId());
            insert.setString(8, n.header().correlationId());
            insert.setArray(9, db.createArrayOf("text", names(n.orders())));
            insert.setArray(10, db.createArrayOf("text", names(n.meters())));
            insert.setString(11, n.result());
            insert.setString(12, n.code());
            insert.setString(13, n.reason().length() > 500 ? n.reason().substring(0, 500) : n.reason());
            insert.setLong(14, n.size());
            insert.setBytes(15, n.sha256());
            insert.setBytes(16, n.bodyGz().orElse(null));
            insert.executeUpdate();
        }
    }

    private static Object[] names(Collection<String> names) {
        return names.stream().distinct().limit(MAX_NAMES).toArray();
    }

    private static String words(Reply reply) {
        return reply.errors().stream()
                .filter(e -> e.level() != Reply.Level.INFORM)
                .findFirst()
                .map(e ->
                        (e.reason() + " " + e.id() + " " + e.details()).strip().replaceAll("\\s+", " "))
                .orElse("");
    }

    /** Newest first. */
    public List<Entry> list(Filter f, int limit, long offset) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM message_journal" + where(f) + " ORDER BY id DESC LIMIT ? OFFSET ?",
                (r, n) -> entry(r),
                arguments(f, limit, offset));
    }

    public long count(Filter f) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM message_journal" + where(f), Long.class, arguments(f));
        return n == null ? 0 : n;
    }

    /** By MessageID also what answers it. */
    private static String where(Filter f) {
        List<String> terms = new ArrayList<>();
        if (!f.messageId().isEmpty()) {
            terms.add("(message_id = ? OR correlation_id = ?)");
        }
        if (!f.order().isEmpty()) {
            terms.add("orders @> ARRAY[?]::text[]");
        }
        if (!f.meter().isEmpty()) {
            terms.add("meters @> ARRAY[?]::text[]");
        }
        if (!f.direction().isEmpty()) {
            terms.add("direction = ?");
        }
        if (!f.noun().isEmpty()) {
            terms.add("noun = ?");
        }
        return terms.isEmpty() ? "" : " WHERE " + String.join(" AND ", terms);
    }

    private static Object[] arguments(Filter f, Object... more) {
        List<Object> arguments = new ArrayList<>();
        if (!f.messageId().isEmpty()) {
            arguments.add(f.messageId());
        }
        for (String text : List.of(f.messageId(), f.order(), f.meter(), f.direction(), f.noun())) {
            if (!text.isEmpty()) {
                arguments.add(text);
            }
        }
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray();
    }

    /** The message itself, compressed, while it is kept. */
    public Optional<byte[]> bodyGz(long id) {
        return jdbc
                .query(
                        "SELECT coalesce(j.body_gz, (SELECT o.xml_gz FROM cim_outbox o"
                                + " WHERE j.noun = 'MeterReadings' AND o.message_id::text = j.message_id))"
                                + " FROM message_journal j WHERE j.id = ?",
                        (r, n) -> Optional.ofNullable(r.getBytes(1)),
                        id)
                .stream()
                .findFirst()
                .flatMap(b -> b);
    }

    /** Drops bodies, and later whole rows. */
    public void forget(Duration bodies, Duration rows) {
        Instant now = clock.instant();
        jdbc.update(
                "UPDATE message_journal SET body_gz = NULL WHERE body_gz IS NOT NULL AND at < ?",
                Timestamp.from(now.minus(bodies)));
        jdbc.update("DELETE FROM message_journal WHERE at < ?", Timestamp.from(now.minus(rows)));
    }

    /** Media type of a message in that wrap. */
    public static String mediaType(CimRequest.Wrap wrap) {
        return switch (wrap) {
            case PLAIN -> "application/xml";
            case SOAP11 -> "text/xml";
            case SOAP12 -> "application/soap+xml";
        };
    }

    static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Entry entry(ResultSet r) throws SQLException {
        return new Entry(
                r.getLong(1),
                r.getTimestamp(2).toInstant(),
                Direction.valueOf(r.getString(3)),
                r.getString(4),
                r.getString(5),
                r.getString(6),
                r.getString(7),
                r.getString(8),
                r.getString(9),
                Arrays.asList((String[]) r.getArray(10).getArray()),
                r.getInt(11),
                Arrays.asList((String[]) r.getArray(12).getArray()),
                r.getString(13),
                r.getString(14),
                r.getString(15),
                r.getLong(16),
                r.getString(17));
    }
}
