package org.telar.collector.integration.loader;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;

/** What the journal knows of files and of the blocks put aside. Thread-safe. */
public final class LegacyFiles {
    private static final int MAX_KEY = 200;
    private static final String COLUMNS = "file_id, name, state, warn, code, reason, data_type, message_id, source,"
            + " correlation_id, message_index, n_meters, n_values, n_loaded, n_duplicates, n_conflicts, n_missing,"
            + " n_quarantined, quarantined_blocks, redelivered, attempts, next_at, created_at, loaded_at, archived_at,"
            + " size_bytes, sha256, validated_at";

    private final JdbcTemplate jdbc;

    /** One line of the journal; times that did not come yet are empty. */
    public record File(
            long id,
            String name,
            String state,
            boolean warn,
            String code,
            String reason,
            String dataType,
            String messageId,
            String source,
            String correlationId,
            String messageIndex,
            int meters,
            long values,
            long loaded,
            long duplicates,
            long conflicts,
            long missing,
            long quarantined,
            int quarantinedBlocks,
            int redelivered,
            int attempts,
            Optional<Instant> nextAt,
            Instant createdAt,
            Optional<Instant> loadedAt,
            Optional<Instant> archivedAt,
            long sizeBytes,
            String sha256,
            Optional<Instant> validatedAt) {}

    /** A block that was put aside (D9); {@code replayedAt} is empty while it waits. */
    public record Block(
            long id,
            long fileId,
            String file,
            String meter,
            String readingType,
            String kind,
            String code,
            String reason,
            Instant at,
            Optional<Instant> replayedAt) {}

    /**
     * @param state of A7, or empty for all
     * @param text part of the name, or the MessageID or CorrelationID; empty for all
     * @param from not older
     * @param to older than
     */
    public record Filter(String state, String text, Instant from, Instant to) {
        Object[] arguments(Object... more) {
            List<Object> all = new ArrayList<>(
                    List.of(state, state, text, text, text, text, Timestamp.from(from), Timestamp.from(to)));
            all.addAll(List.of(more));
            return all.toArray();
        }
    }

    private static final String WHERE = " WHERE (? = '' OR state = ?) AND (? = '' OR strpos(name, ?) > 0"
            + " OR message_id = ? OR correlation_id = ?) AND created_at >= ? AND created_at < ?";

    public LegacyFiles(DataSource legacy) {
        this.jdbc = new JdbcTemplate(legacy);
    }

    /** Newest first. */
    public List<File> list(Filter filter, int limit, long offset) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM file_journal" + WHERE + " ORDER BY file_id DESC LIMIT ? OFFSET ?",
                (r, n) -> file(r),
                filter.arguments(limit, offset));
    }

    public long count(Filter filter) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM file_journal" + WHERE, Long.class, filter.arguments());
        return n == null ? 0 : n;
    }

    /** @param key number in the journal, name, MessageID, or SHA-256 in hexadecimal digits */
    public Optional<File> find(String key) {
        if (key.isEmpty() || key.length() > MAX_KEY) {
            return Optional.empty();
        }
        boolean number = key.matches("\\d{1,18}");
        boolean hash = key.matches("[0-9a-fA-F]{64}");
        return jdbc
                .query(
                        "SELECT " + COLUMNS + " FROM file_journal WHERE file_id = ? OR name = ? OR message_id = ?"
                                + " OR sha256 = ? ORDER BY file_id DESC LIMIT 1",
                        (r, n) -> file(r),
                        number ? Long.parseLong(key) : -1L,
                        key,
                        key,
                        hash ? HexFormat.of().parseHex(key.toLowerCase(java.util.Locale.ROOT)) : new byte[0])
                .stream()
                .findFirst();
    }

    /** Blocks of one file, or with {@code fileId} 0 those of all files that wait. */
    public List<Block> blocks(long fileId, int limit, long offset) {
        return jdbc.query(
                "SELECT block_id, b.file_id, name, meter_no, reading_type, kind, b.code, b.reason, at, replayed_at"
                        + " FROM file_block b JOIN file_journal j USING (file_id)"
                        + " WHERE CASE WHEN ? = 0 THEN replayed_at IS NULL ELSE b.file_id = ? END"
                        + " ORDER BY block_id LIMIT ? OFFSET ?",
                (r, n) -> new Block(
                        r.getLong(1),
                        r.getLong(2),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5),
                        r.getString(6),
                        r.getString(7),
                        r.getString(8),
                        r.getTimestamp(9).toInstant(),
                        time(r, 10)),
                fileId,
                fileId,
                limit,
                offset);
    }

    public long waitingBlocks() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM file_block WHERE replayed_at IS NULL", Long.class);
        return n == null ? 0 : n;
    }

    private static File file(ResultSet r) throws SQLException {
        return new File(
                r.getLong(1),
                r.getString(2),
                r.getString(3),
                r.getBoolean(4),
                r.getString(5),
                r.getString(6),
                r.getString(7),
                Optional.ofNullable(r.getString(8)).orElse(""),
                r.getString(9),
                r.getString(10),
                r.getString(11),
                r.getInt(12),
                r.getLong(13),
                r.getLong(14),
                r.getLong(15),
                r.getLong(16),
                r.getLong(17),
                r.getLong(18),
                r.getInt(19),
                r.getInt(20),
                r.getInt(21),
                time(r, 22),
                r.getTimestamp(23).toInstant(),
                time(r, 24),
                time(r, 25),
                r.getLong(26),
                HexFormat.of().formatHex(r.getBytes(27)),
                time(r, 28));
    }

    private static Optional<Instant> time(ResultSet r, int column) throws SQLException {
        return Optional.ofNullable(r.getTimestamp(column)).map(Timestamp::toInstant);
    }
}
