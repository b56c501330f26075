package org.telar.collector.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.telar.collector.platform.PostgresServer;

/** One real PostgreSQL for all tests of these packages; {@link #fresh} empties it. */
public final class TestDatabases {
    private static final String EMPTY =
            "DO $$ DECLARE t text; BEGIN SELECT string_agg(format('%I', c.relname), ',') INTO t"
                    + " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
                    + " AND NOT c.relispartition AND c.relname NOT IN ('flyway_schema_history', 'audit', 'syslog_mark');"
                    + " EXECUTE 'TRUNCATE ' || t || ' RESTART IDENTITY CASCADE'; END $$";

    private static TestDatabases instance;

    private final PostgresServer server;
    private final PGSimpleDataSource smmc;
    private final PGSimpleDataSource legacy;

    private TestDatabases() throws IOException {
        Path folder = Files.createTempDirectory("telar-integration");
        server = PostgresServer.start(folder, org.telar.collector.testing.RunningCollector.software(), 0);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        smmc = source("smmc", "smmc", server.password("smmc"));
        legacy = source("legacy", "legacy", server.password("legacy"));
    }

    private PGSimpleDataSource source(String database, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.url(database));
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    /** The databases with their tables and nothing in them. */
    public static synchronized TestDatabases fresh() {
        try {
            if (instance == null) {
                instance = new TestDatabases();
                migrate(instance.smmc, "smmc");
                migrate(instance.legacy, "legacy");
            }
            execute(instance.smmc, EMPTY);
            execute(instance.legacy, EMPTY);
            execute(instance.legacy, "INSERT INTO quality_set (codes, comments, rank) VALUES ('1.0.0', '', 2)");
            return instance;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void migrate(DataSource source, String name) {
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/" + name)
                .load()
                .migrate();
    }

    /** Data source of another role of the server's; the role is made when it is absent. */
    public DataSource legacyAs(String role) throws SQLException {
        PGSimpleDataSource admin = source("postgres", "telar_admin", server.password("telar_admin"));
        if (rows(admin, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'").isEmpty()) {
            execute(admin, "CREATE ROLE " + role + " LOGIN");
        }
        execute(admin, "ALTER ROLE " + role + " LOGIN PASSWORD 'test'");
        return source("legacy", role, "test");
    }

    public DataSource smmc() {
        return smmc;
    }

    public DataSource legacy() {
        return legacy;
    }

    public static void execute(DataSource source, String sql) throws SQLException {
        try (Connection db = source.getConnection();
                Statement s = db.createStatement()) {
            s.execute(sql);
        }
    }

    /** Rows of a query, fields joined by commas, NULL as nothing. */
    public static List<String> rows(DataSource source, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection db = source.getConnection();
                Statement s = db.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            int n = r.getMetaData().getColumnCount();
            while (r.next()) {
                List<String> fields = new ArrayList<>();
                for (int i = 1; i <= n; i++) {
                    fields.add(r.getString(i) == null ? "" : r.getString(i));
                }
                rows.add(String.join(",", fields));
            }
        }
        return rows;
    }

    public static long number(DataSource source, String sql) throws SQLException {
        return Long.parseLong(rows(source, sql).get(0));
    }
}
