package org.telar.store.sqlite.internal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;

/**
 * The outbox's rows and what is counted about them. Works inside its caller's transaction; used by the writer only.
 * Not thread-safe.
 */
final class OutboxTable {
    private static final String LAST = "last_sequence";
    private static final String EPOCH = "epoch";

    private final Database db;
    private Counts counts;

    /** What is known without asking the table. */
    record Counts(long epoch, long lastSequence, long entries, long bytes, long values) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0);
    }

    OutboxTable(Database db) throws SQLException {
        this.db = db;
        this.counts = load();
    }

    private Counts load() throws SQLException {
        long epoch = db.number("SELECT max(value) FROM meta WHERE key = '" + EPOCH + "'");
        long kept = db.number("SELECT max(value) FROM meta WHERE key = '" + LAST + "'");
        long newest = db.number("SELECT max(sequence) FROM outbox");
        PreparedStatement s = db.prepared("SELECT count(*), total(length(payload)), total(samples) FROM outbox");
        try (ResultSet r = s.executeQuery()) {
            r.next();
            return new Counts(epoch, Math.max(kept, newest), r.getLong(1), r.getLong(2), r.getLong(3));
        }
    }

    Counts counts() {
        return counts;
    }

    /** Back to what was before a transaction that failed. */
    void restore(Counts before) {
        counts = before;
    }

    long nextSequence() {
        return counts.lastSequence() + 1;
    }

    long append(OutboxKind kind, Lane lane, long addedAt, long values, byte[] payload) throws SQLException {
        long sequence = nextSequence();
        PreparedStatement s = db.prepared("INSERT INTO outbox (sequence, kind, lane, added, samples, checksum, payload)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)");
        s.setLong(1, sequence);
        s.setInt(2, kind.code());
        s.setInt(3, lane.ordinal());
        s.setLong(4, addedAt);
        s.setLong(5, values);
        s.setInt(6, Packing.checksum(payload, payload.length));
        s.setBytes(7, payload);
        s.executeUpdate();
        counts = new Counts(
                counts.epoch(),
                sequence,
                counts.entries() + 1,
                counts.bytes() + payload.length,
                counts.values() + values);
        return sequence;
    }

    /** Deletes what the collector has; the last sequence outlives its row. */
    void acknowledge(Acknowledgement ack) throws SQLException {
        long before = counts.entries();
        delete(0, ack.highWater());
        for (Acknowledgement.Range range : ack.beyond()) {
            delete(range.first(), range.last());
        }
        if (counts.entries() != before) {
            keep(LAST, counts.lastSequence());
        }
    }

    private void keep(String key, long value) throws SQLException {
        PreparedStatement s = db.prepared("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
        s.setString(1, key);
        s.setLong(2, value);
        s.executeUpdate();
    }

    private void delete(long first, long last) throws SQLException {
        PreparedStatement sum = db.prepared("SELECT count(*), total(length(payload)), total(samples) FROM outbox"
                + " WHERE sequence BETWEEN ? AND ?");
        sum.setLong(1, first);
        sum.setLong(2, last);
        long entries;
        long bytes;
        long values;
        try (ResultSet r = sum.executeQuery()) {
            r.next();
            entries = r.getLong(1);
            bytes = r.getLong(2);
            values = r.getLong(3);
        }
        if (entries == 0) {
            return;
        }
        PreparedStatement s = db.prepared("DELETE FROM outbox WHERE sequence BETWEEN ? AND ?");
        s.setLong(1, first);
        s.setLong(2, last);
        s.executeUpdate();
        counts = new Counts(
                counts.epoch(),
                counts.lastSequence(),
                counts.entries() - entries,
                counts.bytes() - bytes,
                counts.values() - values);
    }

    /** Starts another epoch with the same content: what waits gets new sequences from 1, in order. */
    void begin(long epoch) throws SQLException {
        List<Long> old = new ArrayList<>();
        try (ResultSet r =
                db.prepared("SELECT sequence FROM outbox ORDER BY sequence").executeQuery()) {
            while (r.next()) {
                old.add(r.getLong(1));
            }
        }
        // Ascending, a new number is never above the old one, so it never meets a row still to be moved.
        PreparedStatement s = db.prepared("UPDATE outbox SET sequence = ? WHERE sequence = ?");
        long next = 0;
        for (long sequence : old) {
            s.setLong(1, ++next);
            s.setLong(2, sequence);
            s.executeUpdate();
        }
        keep(LAST, next);
        keep(EPOCH, epoch);
        counts = new Counts(epoch, next, counts.entries(), counts.bytes(), counts.values());
    }

    /** @throws SQLException saying corrupt when a payload is not what was written; SQLite itself would not notice */
    void verify() throws SQLException {
        PreparedStatement s = db.prepared("SELECT sequence, checksum, payload FROM outbox");
        try (ResultSet r = s.executeQuery()) {
            while (r.next()) {
                byte[] payload = r.getBytes(3);
                if (payload == null || Packing.checksum(payload, payload.length) != r.getInt(2)) {
                    throw new SQLException("outbox entry " + r.getLong(1) + " is damaged", "", 11);
                }
            }
        }
    }
}
