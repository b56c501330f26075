package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * One connection with its prepared statements. Transactions are written as SQL, because the driver's own commit and
 * rollback do not tell the truth after a full disk or an I/O error. Not thread-safe.
 */
final class Database implements AutoCloseable {
    /** "TELR": tells our file from another program's. */
    static final int APPLICATION_ID = 0x54454C52;

    static final int SCHEMA = 1;
    static final int PAGE = 4096;

    private static final int IOERR = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int NOTADB = 26;
    private static final int READONLY = 8;
    private static final int CANTOPEN = 14;

    private static final String[] TABLES = {
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE meter (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE)",
        "CREATE TABLE shape (id INTEGER PRIMARY KEY, form BLOB NOT NULL UNIQUE)",
        // id: UTC day, meter and shape in one integer, so that a day's blocks lie together and age out together.
        "CREATE TABLE block (id INTEGER PRIMARY KEY, first_sequence INTEGER NOT NULL,"
                + " last_sequence INTEGER NOT NULL, spans BLOB NOT NULL, body BLOB NOT NULL)",
        "CREATE TABLE registers (meter INTEGER NOT NULL, stamp INTEGER NOT NULL, kind INTEGER NOT NULL,"
                + " source INTEGER NOT NULL, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL,"
                + " body BLOB NOT NULL, PRIMARY KEY (meter, stamp, kind, source)) WITHOUT ROWID",
        "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, lane INTEGER NOT NULL,"
                + " added INTEGER NOT NULL, samples INTEGER NOT NULL, checksum INTEGER NOT NULL,"
                + " payload BLOB NOT NULL)",
        "CREATE INDEX outbox_urgent ON outbox (sequence) WHERE lane = 0",
        "PRAGMA application_id = " + APPLICATION_ID,
        "PRAGMA user_version = " + SCHEMA,
    };

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Database(Connection connection) {
        this.connection = connection;
    }

    /** @param maxBytes the file never grows beyond this: a full store is an error of ours before it is the disk's */
    static Database writer(Path file, long maxBytes) throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setPageSize(PAGE);
        config.setJournalSizeLimit(8 << 20);
        Database db = new Database(open(config, file));
        try {
            db.execute("PRAGMA cell_size_check = ON");
            db.text("PRAGMA max_page_count = " + maxBytes / PAGE);
            return db;
        } catch (SQLException e) {
            db.close();
            throw e;
        }
    }

    /** A second connection, which sees the last commit and never writes. */
    static Database reader(Path file) throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(false);
        Database db = new Database(open(config, file));
        try {
            db.execute("PRAGMA query_only = ON");
            return db;
        } catch (SQLException e) {
            db.close();
            throw e;
        }
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(5_000);
        config.setCacheSize(-2_000);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        return config;
    }

    private static Connection open(SQLiteConfig config, Path file) throws SQLException {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source.getConnection();
    }

    void createTables() throws SQLException {
        execute("BEGIN IMMEDIATE");
        for (String sql : TABLES) {
            execute(sql);
        }
        execute("COMMIT");
    }

    /** @throws SQLException that {@link #isCorrupt says corrupt} when SQLite finds the structure damaged */
    void check() throws SQLException {
        String answer = text("PRAGMA quick_check(1)");
        if (!"ok".equals(answer)) {
            throw new SQLException("integrity check: " + answer, "", CORRUPT);
        }
    }

    /** Statement kept for the connection's life; set its parameters and run it before the next use of the same text. */
    PreparedStatement prepared(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    void execute(String sql) throws SQLException {
        try (Statement s = connection.createStatement()) {
            s.execute(sql);
        }
    }

    /** Like {@link #execute}, for the few texts that come with every transaction. */
    void step(String sql) throws SQLException {
        prepared(sql).execute();
    }

    long number(String sql) throws SQLException {
        try (ResultSet r = prepared(sql).executeQuery()) {
            return r.next() ? r.getLong(1) : 0;
        }
    }

    String text(String sql) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            return r.next() ? String.valueOf(r.getString(1)) : "";
        }
    }

    /** Bytes of pages in use; free pages inside the file are room. */
    long usedBytes() throws SQLException {
        return (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * PAGE;
    }

    /** Primary result code of SQLite. */
    static int code(SQLException e) {
        return e.getErrorCode() & 0xFF;
    }

    /** After these the connection's view of its transaction is worthless: drop it, the outcome is unknown. */
    static boolean isFatal(SQLException e) {
        int code = code(e);
        return code == IOERR || code == CORRUPT || code == FULL || code == NOTADB || code == CANTOPEN;
    }

    static boolean isCorrupt(SQLException e) {
        return code(e) == CORRUPT || code(e) == NOTADB;
    }

    /** The event that names a failure of the disk. */
    static String eventFor(SQLException e) {
        return switch (code(e)) {
            case FULL -> "STORE_FULL";
            case READONLY -> "STORE_READONLY";
            default -> "STORE_IO_ERROR";
        };
    }

    static void deleteWithCompanions(Path file) throws java.io.IOException {
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    /** Closes without a word: what a failing disk says at close changes nothing any more. */
    @Override
    public void close() {
        for (PreparedStatement s : statements.values()) {
            closeQuietly(s);
        }
        statements.clear();
        closeQuietly(connection);
    }

    private static void closeQuietly(AutoCloseable c) {
        try {
            c.close();
        } catch (Exception ignored) {
            // the file is judged again when it is opened again
        }
    }
}
