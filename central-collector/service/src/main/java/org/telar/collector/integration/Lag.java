package org.telar.collector.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.telar.collector.integration.files.LegacyFolder;

/** How far the Legacy is behind: what waits at each arrow, since when, and how long the way took lately. Thread-safe. */
public final class Lag {
    private static final Duration LATELY = Duration.ofDays(1);
    private static final int MAX_MESSAGES = 50_000;

    private final DataSource smmc;
    private final DataSource legacy;
    private final LegacyFolder folder;
    private final Clock clock;

    /**
     * One arrow of the way.
     *
     * @param stage {@code database} (work that waits to become messages), {@code queue} (messages not sent),
     *     {@code inbox} (files not loaded), {@code retry} (files that wait for their hour), {@code validation}
     * @param oldestSeconds age of the oldest; empty when none waits
     */
    public record Stage(String stage, long waiting, Optional<Long> oldestSeconds) {}

    /**
     * @param loaded messages of the last 24 hours whose way from the message's birth to the commit is known
     * @param medianSeconds of them
     */
    public record Report(
            Instant asOf, List<Stage> stages, long loaded, Optional<Long> medianSeconds, Optional<Long> p95Seconds) {}

    public Lag(DataSource smmc, DataSource legacy, LegacyFolder folder, Clock clock) {
        this.smmc = smmc;
        this.legacy = legacy;
        this.folder = folder;
        this.clock = clock;
    }

    public Report report() throws SQLException, IOException {
        Instant now = clock.instant();
        List<Stage> stages = new ArrayList<>();
        try (Connection db = smmc.getConnection()) {
            stages.add(stage(db, "database", "SELECT count(*), min(added_at) FROM pending_work", now));
            stages.add(
                    stage(db, "queue", "SELECT count(*), min(created_at) FROM cim_outbox WHERE sent_at IS NULL", now));
        }
        stages.add(files("inbox", folder.inbox(), now));
        stages.add(files("retry", folder.retry(), now));
        try (Connection db = legacy.getConnection()) {
            stages.add(stage(
                    db,
                    "validation",
                    "SELECT count(*), min(loaded_at) FROM file_journal WHERE state = 'LOADED' AND validated_at IS NULL",
                    now));
        }
        List<Long> ways = ways(now.minus(LATELY));
        return new Report(now, stages, ways.size(), share(ways, 0.5), share(ways, 0.95));
    }

    private static Stage stage(Connection db, String name, String query, Instant now) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery(query)) {
            row.next();
            return new Stage(
                    name,
                    row.getLong(1),
                    Optional.ofNullable(row.getTimestamp(2)).map(t -> age(t.toInstant(), now)));
        }
    }

    private static Stage files(String name, Path folder, Instant now) throws IOException {
        long n = 0;
        Optional<Long> oldest = Optional.empty();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file :
                    all.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
                try {
                    long age = age(Files.getLastModifiedTime(file).toInstant(), now);
                    oldest = Optional.of(Math.max(age, oldest.orElse(0L)));
                    n++;
                } catch (java.nio.file.NoSuchFileException loaded) {
                    // meanwhile
                }
            }
        }
        return new Stage(name, n, oldest);
    }

    /** From the birth of a message to its commit, matched by MessageID across the two databases. */
    private List<Long> ways(Instant since) throws SQLException {
        Map<String, Instant> born = new HashMap<>();
        try (Connection db = smmc.getConnection();
                PreparedStatement query = db.prepareStatement("SELECT message_id::text, created_at FROM cim_outbox"
                        + " WHERE created_at >= ? ORDER BY id DESC LIMIT " + MAX_MESSAGES)) {
            query.setTimestamp(1, Timestamp.from(since));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    born.put(row.getString(1), row.getTimestamp(2).toInstant());
                }
            }
        }
        List<Long> ways = new ArrayList<>();
        try (Connection db = legacy.getConnection();
                PreparedStatement query = db.prepareStatement(
                        "SELECT message_id, loaded_at FROM file_journal WHERE loaded_at >= ? AND message_id IS NOT NULL")) {
            query.setTimestamp(1, Timestamp.from(since));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Instant at = born.get(row.getString(1));
                    if (at != null) {
                        ways.add(age(at, row.getTimestamp(2).toInstant()));
                    }
                }
            }
        }
        Collections.sort(ways);
        return ways;
    }

    private static Optional<Long> share(List<Long> sorted, double share) {
        return sorted.isEmpty()
                ? Optional.empty()
                : Optional.of(sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size()))));
    }

    private static long age(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
