package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.collector.platform.PostgresServer;
import tools.jackson.databind.json.JsonMapper;

/**
 * The backups of a collector with an embedded server: made one after the other on a thread of its own, listed from
 * their folder, drilled. Thread-safe.
 */
public final class Backups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final String DRILL = "drill.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;
    private final BackupSettings settings;
    private final Clock clock;
    private final ClusterBackup backup;
    private final ClusterRestore restore;
    private final BiConsumer<String, String> alarm;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(r -> {
        Thread t = new Thread(r, "backup");
        t.setDaemon(true);
        return t;
    });
    private String working = "";
    private String lastFault = "";

    /**
     * One backup.
     *
     * @param drill how its last drill ended
     */
    public record Entry(
            String id,
            Instant startedAt,
            Instant finishedAt,
            long bytes,
            int files,
            int tables,
            long rows,
            Optional<Drill> drill) {}

    /** @param differences one sentence each; empty: everything came back */
    public record Drill(Instant at, boolean complete, long rows, List<String> differences) {}

    /**
     * @param working what is being done: {@code backup}, {@code drill ID}, or empty
     * @param lastFault why the last thing asked for failed; empty when it did not
     */
    public record State(String folder, String working, String lastFault, List<Entry> items) {}

    /** @param alarm takes code and text of what a person must know */
    Backups(
            PostgresServer server,
            Path folder,
            Path software,
            BackupSettings settings,
            Clock clock,
            BiConsumer<String, String> alarm) {
        this.folder = folder;
        this.settings = settings;
        this.clock = clock;
        this.backup = new ClusterBackup(server, clock);
        this.restore = new ClusterRestore(software);
        this.alarm = alarm;
    }

    /** Begins a backup. @return false when something is being done already */
    public boolean begin() {
        return submit("backup", () -> {
            Manifest made = backup.run(folder);
            LOG.info(
                    "Backup {} is complete: {} files, {} bytes",
                    made.id(),
                    made.files().size(),
                    made.bytes());
            forget();
        });
    }

    /** Begins a drill. @return false when something is being done already */
    public boolean beginDrill(String id) {
        return submit("drill " + id, () -> {
            ClusterRestore.Report report = restore.drill(folder.resolve(id));
            Drill drill = new Drill(clock.instant(), report.complete(), report.rows(), report.differences());
            Files.writeString(folder.resolve(id).resolve(DRILL), JSON.writeValueAsString(drill));
            if (!report.complete()) {
                throw new IOException("backup " + id + " did not bring everything back: " + report.differences());
            }
        });
    }

    public boolean exists(String id) {
        return id.matches("backup-[0-9TZ]{16}")
                && Files.exists(folder.resolve(id).resolve(Manifest.FILE));
    }

    /** Begins one when it is time; does nothing where the site named no folder. */
    void tick() {
        if (settings.folder().isEmpty()) {
            return;
        }
        Instant newest = entries().stream()
                .map(Entry::startedAt)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        if (Duration.between(newest, clock.instant()).compareTo(settings.every()) >= 0) {
            begin();
        }
    }

    public State state() {
        List<Entry> entries = entries();
        synchronized (this) {
            return new State(folder.toString(), working, lastFault, entries);
        }
    }

    private interface Work {
        void run() throws IOException, SQLException;
    }

    private synchronized boolean submit(String name, Work work) {
        if (!working.isEmpty()) {
            return false;
        }
        working = name;
        lastFault = "";
        try {
            executor.execute(() -> run(name, work));
        } catch (RejectedExecutionException closing) {
            working = "";
            return false;
        }
        return true;
    }

    private void run(String name, Work work) {
        String fault = "";
        try {
            work.run();
        } catch (IOException | SQLException | RuntimeException e) {
            fault = name + " failed: " + e.getMessage();
            LOG.error(fault, e);
            alarm.accept("BACKUP_FAILED", fault);
        }
        synchronized (this) {
            working = "";
            lastFault = fault;
        }
    }

    /** Newest first. A folder without a manifest is not listed. */
    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Path dir : folders()) {
            try {
                Manifest m = Manifest.read(dir);
                Path drill = dir.resolve(DRILL);
                entries.add(new Entry(
                        m.id(),
                        m.startedAt(),
                        m.finishedAt(),
                        m.bytes(),
                        m.files().size(),
                        m.tables().size(),
                        m.tables().stream().mapToLong(TableHash::rows).sum(),
                        Files.exists(drill)
                                ? Optional.of(JSON.readValue(Files.readString(drill), Drill.class))
                                : Optional.empty()));
            } catch (IOException | RuntimeException e) {
                LOG.warn("{} is not a backup that can be used: {}", dir, e.getMessage());
            }
        }
        return entries;
    }

    private List<Path> folders() {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(p -> exists(p.getFileName().toString()))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void forget() throws IOException {
        List<Path> all = folders();
        for (Path old : all.subList(Math.min(settings.keep(), all.size()), all.size())) {
            CopiedTree.delete(old);
            LOG.info("Backup {} is older than the newest {}: deleted", old.getFileName(), settings.keep());
        }
    }

    @Override
    public void close() throws InterruptedException {
        executor.shutdownNow();
        if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("A backup was under way at the stop; it is incomplete and will be removed by the next one");
        }
    }
}
