package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.telar.collector.RefusedException;
import org.telar.collector.platform.PostgresServer;

/** Brings a backup back on an empty machine and compares every table with what it held (R86). Thread-safe. */
public final class ClusterRestore {
    private static final Duration RECOVERY = Duration.ofHours(6);

    private final Path software;

    /**
     * How a restore ended.
     *
     * @param tables compared
     * @param rows in them
     * @param differences one sentence each; empty when everything is back
     */
    public record Report(String id, int files, int tables, long rows, List<String> differences) {
        public boolean complete() {
            return differences.isEmpty();
        }
    }

    /** @param software where the server's binaries are, or are unpacked to */
    public ClusterRestore(Path software) {
        this.software = software;
    }

    /**
     * Restores into a folder that is absent or empty; a collector can be started on it afterwards.
     *
     * @param backup folder of the backup
     * @param target becomes the collector's folder {@code postgres}
     * @throws IOException when the backup is damaged or the target is in use: the target is untouched then
     * @throws SQLException when the restored server cannot be asked
     */
    public Report restore(Path backup, Path target) throws IOException, SQLException {
        Manifest manifest = Manifest.read(backup);
        requireEmpty(target);
        Path work = target.resolveSibling("." + target.getFileName() + ".restoring");
        CopiedTree.delete(work);
        try {
            copy(backup, manifest, work);
            Report report = recover(manifest, work);
            Files.deleteIfExists(target);
            Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
            return report;
        } finally {
            CopiedTree.delete(work);
        }
    }

    /** Restores beside everything else, compares, and leaves nothing behind. */
    public Report drill(Path backup) throws IOException, SQLException {
        Path scratch = backup.resolveSibling("." + backup.getFileName() + ".drill");
        CopiedTree.delete(scratch);
        Files.createDirectories(scratch);
        try {
            return restore(backup, scratch.resolve("postgres"));
        } finally {
            CopiedTree.delete(scratch);
        }
    }

    private static void requireEmpty(Path target) throws IOException {
        if (Files.exists(target)) {
            try (var inside = Files.list(target)) {
                if (inside.findAny().isPresent()) {
                    throw new IOException(target + " is not empty: a restore never overwrites");
                }
            }
        }
    }

    private static void copy(Path backup, Manifest manifest, Path work) throws IOException {
        CopiedTree copied = new CopiedTree(work);
        // Also folders without files: the server wants them to exist.
        copied.tree(backup.resolve("cluster"), "cluster", p -> false);
        copied.file(backup.resolve("passwords"), "passwords");
        Map<String, Manifest.FileEntry> found = new HashMap<>();
        copied.files().forEach(f -> found.put(f.path(), f));
        for (Manifest.FileEntry file : manifest.files()) {
            if (!file.equals(found.get(file.path()))) {
                throw new IOException("backup " + manifest.id() + " is damaged: " + file.path()
                        + " is not what was written; use another one");
            }
        }
        Files.createFile(work.resolve("cluster/recovery.signal"));
        copied.sync();
    }

    private Report recover(Manifest manifest, Path work) throws IOException, SQLException {
        Map<String, String> recovery = Map.of(
                // Nobody is let in before the recovery has ended.
                "hot_standby", "off",
                "restore_command", "false",
                "recovery_target_name", manifest.restorePoint(),
                "recovery_target_action", "promote",
                "recovery_target_timeline", "current");
        try (PostgresServer server = PostgresServer.start(work, software, 0, recovery, RECOVERY)) {
            List<String> differences = new ArrayList<>();
            Map<String, TableHash> expected = new HashMap<>();
            manifest.tables().forEach(t -> expected.put(t.table(), t));
            long rows = 0;
            for (String database : PostgresServer.DATABASES) {
                try (Connection db = server.admin(database)) {
                    requirePromoted(db);
                    for (TableHash found : TableHash.of(db, database, TableHash.tables(db))) {
                        rows += found.rows();
                        TableHash held = expected.remove(found.table());
                        if (!found.equals(held)) {
                            differences.add(found.table() + " holds " + found.rows() + " rows, "
                                    + (held == null ? "unknown to the backup" : "the backup had " + held.rows())
                                    + "; their hashes differ");
                        }
                    }
                }
            }
            expected.keySet().forEach(t -> differences.add(t + " is not there"));
            return new Report(
                    manifest.id(), manifest.files().size(), manifest.tables().size(), rows, differences);
        } catch (RefusedException e) {
            throw new IOException("backup " + manifest.id() + " cannot be started: " + e.getMessage(), e);
        }
    }

    private static void requirePromoted(Connection db) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT pg_is_in_recovery()")) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("the restored server is still in recovery");
            }
        }
    }
}
