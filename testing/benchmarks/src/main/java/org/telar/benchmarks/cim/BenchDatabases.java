package org.telar.benchmarks.cim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.telar.collector.integration.loader.Partitions;
import org.telar.collector.platform.PostgresServer;

/** The product's PostgreSQL with its durable settings, and its tables. */
final class BenchDatabases implements AutoCloseable {
    private final PostgresServer server;
    private final HikariDataSource smmc;
    private final HikariDataSource legacy;

    private BenchDatabases(PostgresServer server) throws SQLException {
        this.server = server;
        this.smmc = source(server, "smmc");
        this.legacy = source(server, "legacy");
        new Partitions(legacy, Clock.systemUTC()).ensure();
    }

    static BenchDatabases start(Path folder) throws IOException, SQLException {
        java.util.logging.LogManager.getLogManager().reset();
        return new BenchDatabases(PostgresServer.start(
                Files.createDirectories(folder.resolve("postgres")), folder.resolve("postgres-software"), 0));
    }

    private static HikariDataSource source(PostgresServer server, String name) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(name));
        config.setUsername(name);
        config.setPassword(server.password(name));
        config.setMaximumPoolSize(4);
        HikariDataSource source = new HikariDataSource(config);
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/" + name)
                .load()
                .migrate();
        return source;
    }

    DataSource smmc() {
        return smmc;
    }

    DataSource legacy() {
        return legacy;
    }

    /** A number from the Legacy database. */
    long number(String sql) throws SQLException {
        try (Connection db = legacy.getConnection();
                Statement s = db.createStatement();
                ResultSet row = s.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        smmc.close();
        legacy.close();
        server.close();
    }
}
