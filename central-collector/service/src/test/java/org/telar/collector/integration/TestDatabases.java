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
    private static TestDatabases instance;

    private final PostgresServer server;
    private final PGSimpleDataSource smmc;
    private final PGSimpleDataSource legacy;

    private TestDatabases() throws IOException {
        Path folder = Files.createTempDirectory("telar-integration");
        server =
                PostgresServer.start(folder, Path.of("target/postgres-software").toAbsolutePath(), 0);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        smmc = source("smmc");
        legacy = source("legacy");
    }

    private PGSimpleDataSource source(String name) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.url(name));
        source.setUser(name);
        source.setPassword(server.password(name));
        return source;
    }

    /** The databases with their tables and nothing in them. */
    public static synchronized TestDatabases fresh() {
        try {
            if (instance == null) {
                instance = new TestDatabases();
            }
            migrate(instance.smmc, "smmc");
            migrate(instance.legacy, "legacy");
            return instance;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void migrate(DataSource source, String name) throws SQLException {
        execute(source, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/" + name)
                .load()
                .migrate();
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
