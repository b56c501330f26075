package org.telar.collector.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.telar.collector.platform.PostgresServer;

/**
 * A named moment in the server's log together with what every table held then. Writers are kept out for the moment
 * itself, some milliseconds; the reading happens afterwards, in snapshots of that moment.
 *
 * @param lsn position in the log
 */
record RestorePoint(String lsn, List<TableHash> tables) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One database's part: a session that holds the lock, one that holds the snapshot. */
    private record Part(String database, Connection lock, Connection reader, List<String> tables) {}

    static RestorePoint set(PostgresServer server, String name) throws SQLException {
        List<Part> parts = new ArrayList<>();
        try {
            for (String database : PostgresServer.DATABASES) {
                Connection lock = server.admin(database);
                Connection reader = server.admin(database);
                parts.add(new Part(database, lock, reader, TableHash.tables(lock)));
                lock.setAutoCommit(false);
                lock.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                reader.setAutoCommit(false);
                reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            String lsn = moment(parts, name);
            List<TableHash> tables = new ArrayList<>();
            for (Part part : parts) {
                tables.addAll(TableHash.of(part.reader(), part.database(), part.tables()));
            }
            return new RestorePoint(lsn, tables);
        } finally {
            for (Part part : parts) {
                part.lock().close();
                part.reader().close();
            }
        }
    }

    /** Never waits while holding a lock, so that it cannot be part of a deadlock: all at once, or again. */
    private static String moment(List<Part> parts, String name) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!locked(parts)) {
            if (System.nanoTime() > deadline) {
                throw new SQLException("the tables were written to without a pause for " + PATIENCE.toSeconds() + " s");
            }
            pause();
        }
        String lsn = "";
        for (Part part : parts) {
            try (Statement s = part.lock().createStatement();
                    ResultSet row = s.executeQuery("SELECT pg_export_snapshot()")) {
                row.next();
                try (Statement r = part.reader().createStatement()) {
                    r.execute("SET TRANSACTION SNAPSHOT '" + row.getString(1) + "'");
                    r.execute("SELECT 1");
                }
            }
        }
        try (Statement s = parts.get(0).lock().createStatement();
                ResultSet row = s.executeQuery("SELECT pg_create_restore_point('" + name + "')")) {
            row.next();
            lsn = row.getString(1);
        }
        for (Part part : parts) {
            part.lock().rollback();
        }
        return lsn;
    }

    private static boolean locked(List<Part> parts) throws SQLException {
        for (Part part : parts) {
            try (Statement s = part.lock().createStatement()) {
                s.execute("LOCK TABLE " + String.join(", ", part.tables()) + " IN SHARE MODE NOWAIT");
            } catch (SQLException e) {
                for (Part held : parts) {
                    held.lock().rollback();
                }
                if (!"55P03".equals(e.getSQLState())) {
                    throw e;
                }
                return false;
            }
        }
        return true;
    }

    private static void pause() throws SQLException {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted");
        }
    }
}
