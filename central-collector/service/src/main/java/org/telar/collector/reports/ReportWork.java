package org.telar.collector.reports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.telar.collector.integration.Worker;
import org.telar.collector.platform.DataFolder;

/** What the reports do by themselves, on threads of their own: data store, deliveries, the daily dump. Thread-safe. */
public final class ReportWork implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ReportWork.class);

    private final DataSource smmc;
    private final DataStore store;
    private final Dump dump;
    private final Subscriptions subscriptions;
    private final Deliverer deliverer;
    private final ReportSettings settings;
    private final ZoneId zone;
    private final Path dumps;
    private final Clock clock;
    private List<Worker> workers = List.of();
    private Instant loaded = Instant.MIN;

    ReportWork(
            DataSource smmc,
            DataStore store,
            Dump dump,
            Subscriptions subscriptions,
            Deliverer deliverer,
            ReportSettings settings,
            ZoneId zone,
            DataFolder data,
            Clock clock) {
        this.smmc = smmc;
        this.store = store;
        this.dump = dump;
        this.subscriptions = subscriptions;
        this.deliverer = deliverer;
        this.settings = settings;
        this.zone = zone;
        this.dumps = settings.dumpFolder()
                .orElseGet(() -> data.root().resolve("dumps"))
                .toAbsolutePath();
        this.clock = clock;
    }

    /** Brings the data store up to date, and tells the automatic subscribers of what is new. */
    public DataStore.Run load() throws SQLException {
        DataStore.Run run = store.run();
        if (run.stored() > 0) {
            subscriptions.requestAutomatic();
        }
        return run;
    }

    public Dump.Written dump(LocalDate day) throws IOException {
        return dump.write(day, dumps);
    }

    @Override
    public synchronized void start() {
        try (Connection db = smmc.getConnection();
                Statement s = db.createStatement()) {
            s.execute("SELECT grant_readers()");
        } catch (SQLException e) {
            LOG.warn("The readers' rights are given at the next start: {}", e.getMessage());
        }
        workers = List.of(
                new Worker("data store", Duration.ofSeconds(30), this::etl),
                new Worker("deliveries", Duration.ofSeconds(1), this::deliveries));
        workers.forEach(Worker::start);
    }

    private boolean etl() throws SQLException, IOException {
        Instant now = clock.instant();
        boolean due = loaded.equals(Instant.MIN)
                || Duration.between(loaded, now).abs().compareTo(settings.etlEvery()) >= 0;
        if (!settings.etlEvery().isZero() && due) {
            load();
            loaded = now;
        }
        if (settings.dumpFolder().isPresent()) {
            dumpOfYesterday(now);
        }
        return false;
    }

    private void dumpOfYesterday(Instant now) throws IOException {
        LocalDateTime local = LocalDateTime.ofInstant(now, zone);
        LocalDate yesterday = local.toLocalDate().minusDays(1);
        if (!local.toLocalTime().isBefore(settings.dumpAt()) && Files.notExists(dumps.resolve(Dump.name(yesterday)))) {
            Dump.Written written = dump(yesterday);
            LOG.info("Dump of {}: {} files, {} bytes", yesterday, written.files(), written.bytes());
        }
    }

    private boolean deliveries() throws InterruptedException {
        subscriptions.requestScheduled();
        return deliverer.next();
    }

    @Override
    public synchronized void stop() {
        try {
            for (Worker worker : workers) {
                worker.stop(Duration.ofSeconds(4));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers = List.of();
    }

    @Override
    public synchronized boolean isRunning() {
        return !workers.isEmpty();
    }
}
