package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.FormatException;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

/**
 * Copies what is still readable of an untrusted outbox into the new store: events and results exist nowhere else.
 * Sending an entry again that the centre has already is harmless (R3). Stateless.
 */
final class Salvage {
    private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);
    private static final int PER_TRANSACTION = 500;

    private Salvage() {}

    /** Returns how many entries were copied; damage ends the copy without an error. */
    static int copy(Path folder, Opened to) throws SQLException {
        int copied = 0;
        long after = Long.MIN_VALUE;
        while (true) {
            to.db().execute("BEGIN IMMEDIATE");
            Progress progress;
            try {
                progress = some(folder.resolve("store.db"), after, to);
            } catch (SQLException e) {
                to.db().execute("ROLLBACK");
                throw e;
            }
            to.db().execute("COMMIT");
            copied += progress.copied();
            if (progress.ended()) {
                return copied;
            }
            after = progress.last();
        }
    }

    private record Progress(int copied, long last, boolean ended) {}

    private static Progress some(Path from, long after, Opened to) throws SQLException {
        int copied = 0;
        int seen = 0;
        long last = after;
        try (Rows rows = new Rows(from, after)) {
            while (seen < PER_TRANSACTION && rows.next()) {
                seen++;
                last = rows.sequence;
                copied += write(rows, to) ? 1 : 0;
            }
        } catch (Unreadable e) {
            LOG.warn("salvage ends after sequence {}: {}", last, e.getMessage());
            return new Progress(copied, last, true);
        }
        return new Progress(copied, last, seen < PER_TRANSACTION);
    }

    private static boolean write(Rows row, Opened to) throws SQLException {
        if (Packing.checksum(row.payload, row.payload.length) != row.checksum) {
            return false;
        }
        try {
            OutboxKind kind = OutboxKind.of(row.kind);
            Lane lane = row.lane == Lane.URGENT.ordinal() ? Lane.URGENT : Lane.BACKLOG;
            long values = 0;
            if (kind == OutboxKind.READINGS) {
                Poll poll = PollCodec.decode(row.payload);
                values = poll.profileValueCount();
                to.readings().merge(poll, to.outbox().nextSequence());
            }
            to.outbox().append(kind, lane, row.added, values, row.payload);
            return true;
        } catch (FormatException | IllegalArgumentException | StoreException e) {
            LOG.warn("entry {} of the untrusted store is left out: {}", row.sequence, e.getMessage());
            return false;
        }
    }

    /** The other database failed; this one did not. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final class Rows implements AutoCloseable {
        private final Database db;
        private final ResultSet rows;
        private long sequence;
        private int kind;
        private int lane;
        private long added;
        private int checksum;
        private byte[] payload = {};

        Rows(Path file, long after) {
            Database opened = null;
            try {
                opened = Database.reader(file);
                PreparedStatement s = opened.prepared("SELECT sequence, kind, lane, added, checksum, payload"
                        + " FROM outbox WHERE sequence > ? ORDER BY sequence");
                s.setLong(1, after);
                rows = s.executeQuery();
                db = opened;
            } catch (SQLException e) {
                if (opened != null) {
                    opened.close();
                }
                throw new Unreadable(e);
            }
        }

        boolean next() {
            try {
                if (!rows.next()) {
                    return false;
                }
                sequence = rows.getLong(1);
                kind = rows.getInt(2);
                lane = rows.getInt(3);
                added = rows.getLong(4);
                checksum = rows.getInt(5);
                payload = rows.getBytes(6);
                return true;
            } catch (SQLException e) {
                throw new Unreadable(e);
            }
        }

        @Override
        public void close() {
            db.close();
        }
    }
}
