package org.telar.store.sqlite.internal;

import java.sql.SQLException;

/** An open database with its tables, as the writer uses it. Not thread-safe. */
final class Opened implements AutoCloseable {
    private final Database db;
    private final Packing packing = new Packing();
    private final OutboxTable outbox;
    private final ReadingTables readings;

    Opened(Database db, ReadingTables.Damage damage) throws SQLException {
        this.db = db;
        this.outbox = new OutboxTable(db);
        this.readings = new ReadingTables(db, packing, damage);
    }

    Database db() {
        return db;
    }

    OutboxTable outbox() {
        return outbox;
    }

    ReadingTables readings() {
        return readings;
    }

    /** Forgets what was remembered of a transaction that did not happen. */
    void restore(OutboxTable.Counts before) {
        outbox.restore(before);
        readings.forget();
    }

    @Override
    public void close() {
        db.close();
        packing.close();
    }
}
