package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.platform.PostgresServer;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Backup while it is written to, and back on an empty folder: the drill of R86, on a real server. */
class RestoreDrillTest {
    @Test
    @DisplayName(
            "R86: a backup made under writes comes back on an empty folder, every table as it was at the backup's moment; what came later is not in it; a damaged one is refused")
    void drill() throws Exception {
        Path folder = RunningCollector.folder("backup");
        Path backups = folder.resolve("backups");
        Manifest manifest;
        AtomicLong written = new AtomicLong();
        try (PostgresServer server =
                PostgresServer.start(Files.createDirectories(folder.resolve("pg")), RunningCollector.software(), 0)) {
            for (String name : PostgresServer.DATABASES) {
                Flyway.configure()
                        .dataSource(server.url(name), name, server.password(name))
                        .locations("classpath:db/" + name)
                        .load()
                        .migrate();
            }
            AtomicBoolean stop = new AtomicBoolean();
            Thread writer = new Thread(() -> write(server, stop, written));
            writer.start();
            while (written.get() < 50) {
                Thread.onSpinWait();
            }
            manifest = new ClusterBackup(server, Clock.systemUTC()).run(backups);
            stop.set(true);
            writer.join(10_000);
        }
        Path backup = backups.resolve(manifest.id());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup.resolve("passwords"))))
                .isEqualTo("rw-------");
        long meters = manifest.tables().stream()
                .filter(t -> t.table().equals("legacy.meter"))
                .findFirst()
                .orElseThrow()
                .rows();
        assertThat(meters).isBetween(50L, written.get());

        ClusterRestore restore = new ClusterRestore(RunningCollector.software());
        assertThat(manifest.tables()).hasSizeGreaterThan(20);
        String software = RunningCollector.software().toString();
        Path data = folder.resolve("new");
        Path target = data.resolve("postgres");
        assertThat(RestoreCommand.run("restore", backup.toString(), data.toString(), software))
                .as("0: every table of the restored server has the hash it had")
                .isZero();
        assertThat(RestoreCommand.run("restore", backup.toString(), data.toString(), software))
                .as("never over what is there")
                .isEqualTo(6);
        assertThat(RestoreCommand.run("restore", backup.toString())).isEqualTo(2);

        try (PostgresServer server = PostgresServer.start(target, RunningCollector.software(), 0);
                Connection db = DriverManager.getConnection(server.url("legacy"), "legacy", server.password("legacy"));
                Statement s = db.createStatement();
                var row = s.executeQuery("SELECT count(*), max(meter_no::int) FROM meter")) {
            row.next();
            assertThat(row.getLong(1)).isEqualTo(meters);
            assertThat(row.getLong(2))
                    .as("no hole: each commit up to the moment is there")
                    .isEqualTo(meters - 1);
        }
        assertThatThrownBy(() -> restore.restore(backup, target))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("never overwrites");
        Path file = backup.resolve("cluster/PG_VERSION");
        Files.writeString(file, "99\n");
        assertThatThrownBy(() -> restore.drill(backup))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("PG_VERSION");
        CopiedTree.delete(folder);
    }

    private static void write(PostgresServer server, AtomicBoolean stop, AtomicLong written) {
        try (Connection db = DriverManager.getConnection(server.url("legacy"), "legacy", server.password("legacy"));
                Statement s = db.createStatement()) {
            while (!stop.get()) {
                s.execute("INSERT INTO meter (meter_no, mrid, tz) VALUES ('" + written.get() + "', 'm', 'UTC')");
                written.incrementAndGet();
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
