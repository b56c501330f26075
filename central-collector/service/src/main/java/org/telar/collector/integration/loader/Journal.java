package org.telar.collector.integration.loader;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;

import org.telar.collector.integration.cim.MessageHeader;

/** Rows of {@code file_journal}. Works on the connection, and in the transaction, that it is given. */
final class Journal {
    private Journal() {}

    /** @param settled LOADED, DISCARDED, REJECTED or QUARANTINED: not to be tried again */
    record Entry(long id, boolean settled, boolean archived, int attempts, Optional<Instant> nextAt) {}

    static Optional<Entry> find(Connection db, byte[] sha256) throws SQLException {
        try (PreparedStatement query =
                db.prepareStatement("SELECT file_id, state IN ('LOADED', 'DISCARDED', 'REJECTED', 'QUARANTINED'),"
                        + " archived_at IS NOT NULL, attempts, next_at FROM file_journal WHERE sha256 = ?")) {
            query.setBytes(1, sha256);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Entry(
                        row.getLong(1),
                        row.getBoolean(2),
                        row.getBoolean(3),
                        row.getInt(4),
                        Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant)));
            }
        }
    }

    /** Notes that a file is being tried. @return its id */
    static long begin(Connection db, String name, byte[] sha256, long size, Instant now) throws SQLException {
        try (PreparedStatement upsert =
                db.prepareStatement("INSERT INTO file_journal (name, sha256, state, size_bytes, created_at, attempts)"
                        + " VALUES (?, ?, 'VALIDATING', ?, ?, 1) ON CONFLICT (sha256) DO UPDATE SET"
                        + " state = 'VALIDATING', name = excluded.name, attempts = file_journal.attempts + 1"
                        + " RETURNING file_id")) {
            upsert.setString(1, BlockQuarantine.shown(name));
            upsert.setBytes(2, sha256);
            upsert.setLong(3, size);
            upsert.setTimestamp(4, Timestamp.from(now));
            try (ResultSet row = upsert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static boolean messageIdTaken(Connection db, String messageId, long fileId) throws SQLException {
        try (PreparedStatement query =
                db.prepareStatement("SELECT 1 FROM file_journal WHERE message_id = ? AND file_id <> ?")) {
            query.setString(1, messageId);
            query.setLong(2, fileId);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    static void loaded(Connection db, long fileId, Optional<MessageHeader> header, Tally tally, Instant now)
            throws SQLException {
        header(db, fileId, header);
        try (PreparedStatement update = db.prepareStatement(
                "UPDATE file_journal SET state = 'LOADED', warn = ?, code = ?, reason = ?, n_meters = ?, n_values = ?,"
                        + " n_loaded = ?, n_duplicates = ?, n_conflicts = ?, n_missing = ?, n_quarantined = ?,"
                        + " quarantined_blocks = ?, next_at = NULL, loaded_at = ? WHERE file_id = ?")) {
            update.setBoolean(1, tally.warn());
            update.setString(2, tally.warn() ? "0.2" : "0.0");
            update.setString(3, reason(tally));
            update.setInt(4, tally.meters.size());
            update.setLong(5, tally.values);
            update.setLong(6, tally.loaded);
            update.setLong(7, tally.duplicates);
            update.setLong(8, tally.conflicts);
            update.setLong(9, tally.missing);
            update.setLong(10, tally.quarantined);
            update.setInt(11, tally.blocks);
            update.setTimestamp(12, Timestamp.from(now));
            update.setLong(13, fileId);
            update.executeUpdate();
        }
    }

    private static String reason(Tally tally) {
        if (tally.blocks > 0) {
            return tally.blocks + " block(s) quarantined, first: " + tally.firstFault;
        }
        return tally.conflicts > 0
                ? tally.conflicts + " value(s) contradict those held, see reading_history"
                : "loaded";
    }

    /** Header fields that people search for; a MessageID is noted only with the content that was loaded under it. */
    private static void header(Connection db, long fileId, Optional<MessageHeader> header) throws SQLException {
        if (header.isEmpty()) {
            return;
        }
        MessageHeader h = header.get();
        try (PreparedStatement update = db.prepareStatement("UPDATE file_journal SET message_id = ?, source = ?,"
                + " correlation_id = ?, data_type = ?, message_index = ? WHERE file_id = ?")) {
            update.setString(1, h.messageId().isEmpty() ? null : h.messageId());
            update.setString(2, h.source());
            update.setString(3, h.correlationId());
            update.setString(4, h.property(MessageHeader.DATA_TYPE).orElse(""));
            update.setString(5, h.property(MessageHeader.MESSAGE_INDEX).orElse(""));
            update.setLong(6, fileId);
            update.executeUpdate();
        }
    }

    static void settle(Connection db, long fileId, Outcome outcome, Optional<Instant> nextAt) throws SQLException {
        try (PreparedStatement update = db.prepareStatement(
                "UPDATE file_journal SET state = ?, code = ?, reason = ?, next_at = ? WHERE file_id = ?")) {
            update.setString(1, outcome.state().name());
            update.setString(2, outcome.code());
            update.setString(3, reason(outcome.reason()));
            update.setTimestamp(4, nextAt.map(Timestamp::from).orElse(null));
            update.setLong(5, fileId);
            update.executeUpdate();
        }
    }

    /** Back to where it was: nothing was found out about it. */
    static void written(Connection db, long fileId) throws SQLException {
        try (PreparedStatement update = db.prepareStatement(
                "UPDATE file_journal SET state = 'WRITTEN', attempts = attempts - 1 WHERE file_id = ?")) {
            update.setLong(1, fileId);
            update.executeUpdate();
        }
    }

    private static String reason(String text) {
        String safe = text.replace('\0', ' ');
        return safe.length() > 1000 ? safe.substring(0, 1000) : safe;
    }

    static void archived(Connection db, byte[] sha256, boolean again, Instant now) throws SQLException {
        try (PreparedStatement update = db.prepareStatement("UPDATE file_journal SET redelivered = redelivered + ?,"
                + " archived_at = coalesce(archived_at, ?) WHERE sha256 = ?")) {
            update.setInt(1, again ? 1 : 0);
            update.setTimestamp(2, Timestamp.from(now));
            update.setBytes(3, sha256);
            update.executeUpdate();
        }
    }
}
