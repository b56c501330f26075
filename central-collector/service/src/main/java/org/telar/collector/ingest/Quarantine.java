package org.telar.collector.ingest;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Keeps what does not follow the contract, with its reason, so that it never stops the flow (R13). Thread-safe. */
final class Quarantine {
    /** A message is kept up to here. */
    private static final int KEPT = 64 << 10;

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

    /** PostgreSQL takes no NUL, people no control characters. */
    private static String printable(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        byte[] utf8 = clean.getBytes(StandardCharsets.UTF_8);
        return utf8.length > 2000 ? clean.substring(0, 500) + "…" : clean;
    }
}
