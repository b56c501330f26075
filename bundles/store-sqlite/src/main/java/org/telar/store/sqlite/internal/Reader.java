package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connection that only reads, shared by all callers one at a time. The writer switches it off while the database is
 * closed or moved. Thread-safe.
 */
final class Reader implements AutoCloseable {
    private final Path file;
    private final ReadingTables.Damage damage;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean enabled;
    private View view;

    /** What a query works on, valid only inside it. */
    static final class View implements AutoCloseable {
        private final Database db;
        private final Packing packing = new Packing();
        private final ReadingTables readings;
        private final Lanes lanes;

        View(Database db, ReadingTables.Damage damage) {
            this.db = db;
            this.readings = new ReadingTables(db, packing, damage);
            this.lanes = new Lanes(db);
        }

        Database db() {
            return db;
        }

        ReadingTables readings() {
            return readings;
        }

        Lanes lanes() {
            return lanes;
        }

        @Override
        public void close() {
            db.close();
            packing.close();
        }
    }

    /** Reads one thing. */
    interface Query<T> {
        T read(View view) throws SQLException;
    }

    Reader(Path file, ReadingTables.Damage damage) {
        this.file = file;
        this.damage = damage;
    }

    <T> T read(Query<T> query) throws SQLException {
        lock.lock();
        try {
            if (!enabled) {
                throw new SQLException("it is not open");
            }
            if (view == null) {
                view = new View(Database.reader(file), damage);
            }
            // One snapshot for all statements of the query.
            view.db().execute("BEGIN");
            try {
                return query.read(view);
            } finally {
                view.db().execute("COMMIT");
            }
        } catch (SQLException e) {
            drop();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    void enable() {
        lock.lock();
        try {
            enabled = true;
        } finally {
            lock.unlock();
        }
    }

    void disable() {
        lock.lock();
        try {
            enabled = false;
            drop();
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        if (view != null) {
            view.close();
            view = null;
        }
    }

    @Override
    public void close() {
        disable();
    }
}
