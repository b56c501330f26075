package org.telar.store.sqlite.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

import org.telar.api.store.Lane;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;

/**
 * Chooses what goes next: urgent entries first, then fresh readings, with a quarter of the bytes for backlog. A live
 * entry that waited longer than the freshness counts as backlog, else a week without a link would stand in front of
 * today. Reads through the readers' connection.
 */
final class Lanes {
    /** Backlog gets one byte for every so many of fresh data. */
    private static final int FRESH_PER_BACKLOG = 3;

    private static final String COLUMNS = "SELECT sequence, kind, lane, checksum, payload FROM outbox WHERE ";

    private final Database db;

    Lanes(Database db) {
        this.db = db;
    }

    /**
     * @param freshFrom live entries from this sequence on are fresh
     * @throws SQLException saying corrupt when a payload's checksum is wrong
     */
    List<OutboxEntry> pending(int maxEntries, int maxBytes, LongPredicate inFlight, long freshFrom)
            throws SQLException {
        List<OutboxEntry> chosen = new ArrayList<>();
        try (Cursor urgent = new Cursor(COLUMNS + "lane = 0 ORDER BY sequence", inFlight, Long.MIN_VALUE);
                Cursor fresh =
                        new Cursor(COLUMNS + "lane = 1 AND sequence >= ? ORDER BY sequence", inFlight, freshFrom);
                Cursor backlog = new Cursor(
                        COLUMNS + "lane <> 0 AND (lane = 2 OR sequence < ?) ORDER BY sequence", inFlight, freshFrom)) {
            long room = maxBytes;
            long freshBytes = 0;
            long backlogBytes = 0;
            while (chosen.size() < maxEntries) {
                boolean isUrgent = urgent.peek().isPresent();
                boolean turnOfBacklog = backlogBytes * FRESH_PER_BACKLOG < freshBytes
                        || fresh.peek().isEmpty();
                Cursor from =
                        isUrgent ? urgent : turnOfBacklog && backlog.peek().isPresent() ? backlog : fresh;
                if (from.peek().isEmpty()) {
                    break;
                }
                OutboxEntry entry = from.peek().get();
                room -= entry.payload().length;
                if (room < 0 && !chosen.isEmpty()) {
                    break;
                }
                chosen.add(entry);
                from.next();
                backlogBytes += from == backlog ? entry.payload().length : 0;
                freshBytes += from == fresh ? entry.payload().length : 0;
            }
        }
        return chosen;
    }

    /** Rows of one lane that are not in flight; a payload is read only when it is looked at. */
    private final class Cursor implements AutoCloseable {
        private final ResultSet rows;
        private final LongPredicate inFlight;
        private Optional<OutboxEntry> head = Optional.empty();
        private boolean ended;

        Cursor(String sql, LongPredicate inFlight, long bound) throws SQLException {
            PreparedStatement s = db.prepared(sql);
            if (bound != Long.MIN_VALUE) {
                s.setLong(1, bound);
            }
            this.rows = s.executeQuery();
            this.inFlight = inFlight;
        }

        Optional<OutboxEntry> peek() throws SQLException {
            while (head.isEmpty() && !ended) {
                if (!rows.next()) {
                    ended = true;
                } else if (!inFlight.test(rows.getLong(1))) {
                    head = Optional.of(entry());
                }
            }
            return head;
        }

        void next() {
            head = Optional.empty();
        }

        private OutboxEntry entry() throws SQLException {
            byte[] payload = rows.getBytes(5);
            long sequence = rows.getLong(1);
            if (Packing.checksum(payload, payload.length) != rows.getInt(4)) {
                throw new SQLException("outbox entry " + sequence + " is damaged", "", 11);
            }
            return new OutboxEntry(sequence, OutboxKind.of(rows.getInt(2)), Lane.values()[rows.getInt(3)], payload);
        }

        @Override
        public void close() throws SQLException {
            rows.close();
        }
    }
}
