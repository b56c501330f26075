package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.telar.collector.platform.PostgresServer;

/**
 * Copies the embedded cluster while it serves: files, then the log up to a named moment at which every table was read
 * as a whole. A backup appears under its name when it is complete and synced, never before. One at a time.
 */
public final class ClusterBackup {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    /** Made anew by a server that starts; none of it may be in a backup (PostgreSQL 18, 25.3.4). */
    private static final Set<String> NOT_COPIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans",
            "postmaster.pid",
            "postmaster.opts");

    private final PostgresServer server;
    private final Clock clock;

    public ClusterBackup(PostgresServer server, Clock clock) {
        this.server = server;
        this.clock = clock;
    }

    /**
     * Makes one.
     *
     * @param folder where backups lie; created when absent
     * @return its manifest; {@code id} is its name in the folder
     * @throws IOException when it cannot be written; nothing of it is left
     * @throws SQLException when the server refuses
     */
    public synchronized Manifest run(Path folder) throws IOException, SQLException {
        String id = "backup-" + ID.format(clock.instant());
        Path target = folder.resolve(id);
        if (Files.exists(target)) {
            throw new IOException(target + " is there already");
        }
        Path work = folder.resolve("." + id + ".part");
        CopiedTree.delete(work);
        try {
            CopiedTree copied = new CopiedTree(work);
            Manifest manifest = copy(copied, id);
            manifest.write(work);
            copied.sync();
            Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
            return manifest;
        } catch (IOException | SQLException | RuntimeException e) {
            CopiedTree.delete(work);
            throw e;
        }
    }

    private Manifest copy(CopiedTree copied, String id) throws IOException, SQLException {
        Instant started = clock.instant();
        try (Connection db = server.admin("postgres");
                Statement s = db.createStatement()) {
            // The server keeps its log from here on for as long as this session lives.
            s.execute("SELECT pg_create_physical_replication_slot('telar_backup', true, true)");
            String first = text(s, "SELECT pg_walfile_name(pg_backup_start('" + id + "', true))");
            copied.tree(server.cluster(), "cluster", p -> leftOut(p));
            try (ResultSet row = s.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                row.next();
                copied.text("cluster/backup_label", row.getString(1));
            }
            RestorePoint point = RestorePoint.set(server, id);
            String last = text(s, "SELECT pg_walfile_name('" + point.lsn() + "'::pg_lsn)");
            s.execute("SELECT pg_switch_wal()");
            log(copied, first, last);
            copied.file(server.cluster().resolveSibling("passwords"), "passwords");
            String version = text(s, "SHOW server_version");
            List<TableHash> tables = point.tables();
            return new Manifest(1, id, started, clock.instant(), version, id, copied.bytes(), copied.files(), tables);
        }
    }

    private static boolean leftOut(Path relative) {
        String name = relative.getFileName().toString();
        return NOT_COPIED.contains(relative.toString())
                || name.startsWith("pgsql_tmp")
                || name.startsWith("pg_internal.init");
    }

    /** Segments have names that sort; those of one backup are of one timeline. */
    private void log(CopiedTree copied, String first, String last) throws IOException {
        List<Path> segments = new ArrayList<>();
        try (Stream<Path> all = Files.list(server.cluster().resolve("pg_wal"))) {
            all.filter(p -> {
                        String name = p.getFileName().toString();
                        return name.length() == 24 && name.compareTo(first) >= 0 && name.compareTo(last) <= 0;
                    })
                    .sorted()
                    .forEach(segments::add);
        }
        if (segments.isEmpty() || !segments.get(0).getFileName().toString().equals(first)) {
            throw new IOException("the server no longer holds its log from " + first + " on");
        }
        for (Path segment : segments) {
            copied.file(segment, "cluster/pg_wal/" + segment.getFileName());
        }
    }

    private static String text(Statement s, String query) throws SQLException {
        try (ResultSet row = s.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
