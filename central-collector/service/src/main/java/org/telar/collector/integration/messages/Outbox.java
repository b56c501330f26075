package org.telar.collector.integration.messages;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.collector.integration.cim.CimRequest;

/**
 * Answers and events that must be delivered, with their final bytes; written in the transaction that gives rise to them
 * (D11). Thread-safe.
 */
public final class Outbox {
    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** A message that waits. */
    record Waiting(
            long id,
            String messageId,
            String noun,
            String destination,
            String correlation,
            String content,
            byte[] bodyGz,
            Instant createdAt,
            int attempts) {}

    public Outbox(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** @param request id of the request it answers; empty for an event */
    public void add(
            Optional<Long> request,
            Destination to,
            String noun,
            String messageId,
            String correlation,
            CimRequest.Wrap wrap,
            byte[] bodyGz) {
        Timestamp now = Timestamp.from(clock.instant());
        jdbc.update(
                "INSERT INTO cim_out (request_id, message_id, noun, channel, destination, correlation, content, body_gz,"
                        + " created_at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                request.orElse(null),
                messageId,
                noun,
                to.kind().name(),
                to.name(),
                correlation,
                MessageJournal.mediaType(wrap),
                bodyGz,
                now,
                now);
    }

    /** Sends the answers of a request once more, the same bytes. @return how many */
    public int again(long request) {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.update(
                "INSERT INTO cim_out (request_id, message_id, noun, channel, destination, correlation, content, body_gz,"
                        + " created_at, next_at) SELECT DISTINCT ON (message_id) request_id, message_id, noun, channel,"
                        + " destination, correlation, content, body_gz, ?, ?::timestamptz FROM cim_out"
                        + " WHERE request_id = ? AND channel <> 'KEPT' ORDER BY message_id, id",
                now,
                now,
                request);
    }

    /** The answers of a request that are kept to be fetched, in their order. */
    public List<byte[]> kept(long request) {
        return jdbc.query(
                "SELECT body_gz FROM cim_out WHERE request_id = ? AND channel = 'KEPT' ORDER BY id",
                (r, n) -> r.getBytes(1),
                request);
    }

    /** The next message that is due, locked until the transaction ends. */
    Optional<Waiting> next(List<String> channels) {
        return jdbc
                .query(
                        "SELECT id, message_id, noun, destination, correlation, content, body_gz, created_at, attempts"
                                + " FROM cim_out WHERE sent_at IS NULL AND given_up_at IS NULL AND channel <> 'KEPT'"
                                + " AND channel = ANY(string_to_array(?, ',')) AND next_at <= ?"
                                + " ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
                        (r, n) -> new Waiting(
                                r.getLong(1),
                                r.getString(2),
                                r.getString(3),
                                r.getString(4),
                                r.getString(5),
                                r.getString(6),
                                r.getBytes(7),
                                r.getTimestamp(8).toInstant(),
                                r.getInt(9)),
                        String.join(",", channels),
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    void sent(long id) {
        jdbc.update(
                "UPDATE cim_out SET sent_at = ?, attempts = attempts + 1, error = '' WHERE id = ?",
                Timestamp.from(clock.instant()),
                id);
    }

    void failed(long id, Duration pause, String error) {
        jdbc.update(
                "UPDATE cim_out SET next_at = ?, attempts = attempts + 1, error = ? WHERE id = ?",
                Timestamp.from(clock.instant().plus(pause)),
                shown(error),
                id);
    }

    void givenUp(long id, String error) {
        jdbc.update(
                "UPDATE cim_out SET given_up_at = ?, attempts = attempts + 1, error = ? WHERE id = ?",
                Timestamp.from(clock.instant()),
                shown(error),
                id);
    }

    private static String shown(String error) {
        String safe = error.replace('\0', ' ');
        return safe.length() > 500 ? safe.substring(0, 500) : safe;
    }

    /** Messages that wait to be delivered. */
    public long waiting() {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM cim_out WHERE sent_at IS NULL AND given_up_at IS NULL AND channel <> 'KEPT'",
                Long.class);
        return n == null ? 0 : n;
    }

    /** Deletes what was settled, and requests with their answers, longer ago. */
    public void forget(Duration age) {
        Timestamp before = Timestamp.from(clock.instant().minus(age));
        jdbc.update("DELETE FROM cim_out WHERE request_id IS NULL AND coalesce(sent_at, given_up_at) < ?", before);
        jdbc.update(
                "DELETE FROM cim_request r WHERE answered_at < ? AND NOT EXISTS (SELECT 1 FROM cim_out o"
                        + " WHERE o.request_id = r.request_id AND o.sent_at IS NULL AND o.given_up_at IS NULL"
                        + " AND o.channel <> 'KEPT')",
                before);
    }
}
