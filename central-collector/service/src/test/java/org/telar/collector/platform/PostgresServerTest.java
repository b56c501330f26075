package org.telar.collector.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The embedded server keeps what it committed, lets nobody in without a password, and leaves nothing running. */
class PostgresServerTest {

    @Test
    @DisplayName(
            "durable settings as read back by SHOW, scram on loopback, passwords in a 0600 file, nothing survives a stop (R05, S49)")
    void durableAndClosed() throws Exception {
        Path folder = RunningCollector.folder("postgres");
        PostgresServer server = PostgresServer.start(folder, RunningCollector.software(), 0);
        long pid = server.pid().orElseThrow();
        try (Connection c = connect(server, "smmc", server.password("smmc"))) {
            assertThat(show(c, "fsync")).isEqualTo("on");
            assertThat(show(c, "synchronous_commit")).isEqualTo("on");
            assertThat(show(c, "full_page_writes")).isEqualTo("on");
            assertThat(show(c, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(show(c, "data_checksums")).isEqualTo("on");
        }
        assertThatThrownBy(() -> connect(server, "smmc", "guess"))
                .as("a wrong password")
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
        assertThatThrownBy(() -> connect(server, "legacy", server.password("smmc")))
                .as("the role of one database is not let into the other by its own password")
                .isInstanceOf(SQLException.class);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("passwords"))))
                .isEqualTo("rw-------");

        server.close();

        assertThat(ProcessHandle.of(pid)).as("the postmaster after close()").isEmpty();
        assertThat(server.pid()).isEmpty();
    }

    @Test
    @DisplayName(
            "a server that a killed collector left behind is stopped at the next start, and its data is there (fault 4)")
    void leftover() throws Exception {
        Path folder = RunningCollector.folder("leftover");
        PostgresServer first = PostgresServer.start(folder, RunningCollector.software(), 0);
        long orphan = first.pid().orElseThrow();
        try (Connection c = connect(first, "smmc", first.password("smmc"))) {
            c.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
        }
        // What kill −9 of a collector and of its guard leaves: a server without anybody.
        ProcessHandle postmaster = ProcessHandle.of(orphan).orElseThrow();
        ProcessHandle guard = postmaster.parent().orElseThrow();
        guard.children().filter(p -> p.pid() != orphan).forEach(ProcessHandle::destroyForcibly);
        guard.destroyForcibly();
        await().atMost(Duration.ofSeconds(5)).until(() -> !guard.isAlive());
        assertThat(postmaster.isAlive()).as("the orphan lives on").isTrue();

        PostgresServer second = PostgresServer.start(folder, RunningCollector.software(), 0);
        try (Connection c = connect(second, "smmc", second.password("smmc"));
                var rows = c.createStatement().executeQuery("SELECT answer FROM kept")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
            // Where nobody reaps orphans a dead process keeps its number; it has no working directory any more.
            assertThat(Path.of("/proc", Long.toString(orphan), "cwd").toFile().exists())
                    .as("the orphan after the next start")
                    .isFalse();
        } finally {
            second.close();
        }
    }

    @Test
    @DisplayName("a set-up cut short is begun again, never half used (R08 of reliability)")
    void halfInitialised() throws Exception {
        Path folder = RunningCollector.folder("half");
        Files.createDirectories(folder.resolve("cluster.new/base"));
        Files.writeString(folder.resolve("cluster.new/PG_VERSION"), "18");

        try (PostgresServer server = PostgresServer.start(folder, RunningCollector.software(), 0)) {
            try (Connection c = connect(server, "legacy", server.password("legacy"))) {
                assertThat(c.isValid(2)).isTrue();
            }
        }
    }

    private static Connection connect(PostgresServer server, String database, String password) throws SQLException {
        return DriverManager.getConnection(server.url(database), database, password);
    }

    private static String show(Connection c, String setting) throws SQLException {
        try (var rows = c.createStatement().executeQuery("SHOW " + setting)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
