package org.telar.collector.ingest;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** Keeps what does not follow the contract, with its reason, so that it never stops the flow (R13). Thread-safe. */
public final class Quarantine {
    /** A message is kept up to here. */
    private static final int KEPT = 64 << 10;

    private static final RowMapper<Item> ITEM = (r, n) -> new Item(
            r.getLong("id"),
            r.getString("topic"),
            r.getString("gateway"),
            Optional.ofNullable(r.getObject("epoch", Long.class)),
            Optional.ofNullable(r.getObject("sequence", Long.class)),
            r.getString("reason"),
            r.getBytes("payload"),
            r.getInt("size"),
            r.getTimestamp("at").toInstant());

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final Counters counters;

    Quarantine(JdbcTemplate jdbc, Clock clock, Counters counters) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.counters = counters;
    }

    /** Joins the transaction of the calling thread. */
    void put(
            String topic,
            String gateway,
            Optional<Long> epoch,
            Optional<Long> sequence,
            String reason,
            byte[] payload) {
        LOG.warn("Quarantined {} bytes from {}: {}", payload.length, printable(topic), printable(reason));
        jdbc.update(
                "INSERT INTO quarantine (topic, gateway, epoch, sequence, reason, payload, size, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                printable(topic),
                printable(gateway),
                epoch.orElse(null),
                sequence.orElse(null),
                printable(reason),
                payload.length > KEPT ? Arrays.copyOf(payload, KEPT) : payload,
                payload.length,
                Timestamp.from(clock.instant()));
        counters.add(Counters.QUARANTINED, 1);
    }

    /**
     * One thing that stands aside.
     *
     * @param epoch and
     * @param sequence of an entry; empty for a whole message
     * @param payload up to a bound; {@code size} is the whole
     */
    public record Item(
            long id,
            String topic,
            String gateway,
            Optional<Long> epoch,
            Optional<Long> sequence,
            String reason,
            byte[] payload,
            int size,
            Instant at) {}

    List<Item> list(int limit, long offset) {
        return jdbc.query("SELECT * FROM quarantine ORDER BY id DESC LIMIT ? OFFSET ?", ITEM, limit, offset);
    }

    Optional<Item> lock(long id) {
        return jdbc.query("SELECT * FROM quarantine WHERE id = ? FOR UPDATE", ITEM, id).stream()
                .findFirst();
    }

    void remove(long id) {
        jdbc.update("DELETE FROM quarantine WHERE id = ?", id);
    }

    /** PostgreSQL takes no NUL, people no control characters. */
    private static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        byte[] utf8 = clean.getBytes(StandardCharsets.UTF_8);
        return utf8.length > 2000 ? clean.substring(0, 500) + "…" : clean;
    }
}
