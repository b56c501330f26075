package org.telar.collector.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

import jakarta.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.QueueToFile;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.Partitions;
import org.telar.collector.integration.queue.Composer;
import org.telar.collector.integration.queue.Relay;

/** Runs the flow: composer and relay, queue to file, integrator, and a daily tidying, each on a thread of its own. */
public final class IntegrationFlow implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(IntegrationFlow.class);
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Duration TIDY = Duration.ofHours(6);

    private final DataSource smmc;
    private final LegacyFolder folder;
    private final Composer composer;
    private final Relay relay;
    private final QueueToFile files;
    private final Integrator integrator;
    private final Partitions partitions;
    private final IntegrationSettings settings;
    private final Clock clock;
    private List<Worker> workers = List.of();
    private Instant tidied = Instant.MIN;

    /**
     * How much is on its way.
     *
     * @param pendingPolls polls that wait to become messages
     * @param unsentMessages messages in the outbox
     * @param waitingFiles files in the inbox, those that wait for another attempt included
     * @param retryingFiles files that wait for another attempt
     */
    public record Backlog(long pendingPolls, long unsentMessages, long waitingFiles, long retryingFiles) {}

    IntegrationFlow(
            DataSource smmc,
            LegacyFolder folder,
            Composer composer,
            Relay relay,
            QueueToFile files,
            Integrator integrator,
            Partitions partitions,
            IntegrationSettings settings,
            Clock clock) {
        this.smmc = smmc;
        this.folder = folder;
        this.composer = composer;
        this.relay = relay;
        this.files = files;
        this.integrator = integrator;
        this.partitions = partitions;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        try {
            partitions.ensure();
        } catch (SQLException e) {
            LOG.warn("Partitions of the Legacy database are made later: {}", e.getMessage());
        }
        workers = List.of(
                new Worker("composer", LOOK, this::send),
                new Worker("file writer", LOOK, () -> files.take(Duration.ofSeconds(1))),
                new Worker("integrator", LOOK, () -> integrator.scan() > 0),
                new Worker("housekeeping", Duration.ofSeconds(5), this::tidy));
        workers.forEach(Worker::start);
    }

    private boolean send() throws SQLException, JMSException {
        int composed = composer.compose();
        return composed + relay.send() > 0;
    }

    /** By the collector's clock, so that partitions are there when the demo moves it on. */
    private boolean tidy() throws SQLException, IOException {
        Instant now = clock.instant();
        if (tidied.equals(Instant.MIN) || Duration.between(tidied, now).abs().compareTo(TIDY) > 0) {
            if (tidied.equals(Instant.MIN)) {
                composer.retryUnsendable();
            }
            partitions.ensure();
            relay.forget(settings.keepMessages());
            integrator.tidy();
            long forgotten = partitions.forget(settings.keepReadings());
            if (forgotten > 0) {
                LOG.info("{} rows of readings are older than telar.integration.keep-readings: deleted", forgotten);
            }
            tidied = now;
        }
        return false;
    }

    /** Counts what is on its way; all zero when everything is in the Legacy. */
    public Backlog backlog() throws SQLException, IOException {
        try (Connection db = smmc.getConnection();
                Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT (SELECT count(*) FROM pending_work),"
                        + " (SELECT count(*) FROM cim_outbox WHERE sent_at IS NULL)")) {
            row.next();
            return new Backlog(row.getLong(1), row.getLong(2), count(folder.inbox()), count(folder.retry()));
        }
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> !f.getFileName().toString().startsWith("."))
                    .count();
        }
    }

    @Override
    public synchronized void stop() {
        try {
            for (Worker worker : workers) {
                worker.stop(STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers = List.of();
        relay.close();
        files.close();
    }

    @Override
    public synchronized boolean isRunning() {
        return !workers.isEmpty();
    }
}
