package org.telar.benchmarks.cim;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.telar.api.model.PollCodec;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.QueueToFile;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.queue.Composer;
import org.telar.collector.integration.queue.ComposerSettings;
import org.telar.collector.integration.queue.Relay;

/** The whole way of a day of many meters, from the rows that ingest commits to the Legacy's, with a real broker. */
final class DayOfMeters {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant FIRST_END = Instant.parse("2026-10-01T03:15:00Z");
    private static final int METERS_EACH = 500;
    private static final int BROKER = 4711;

    private final BenchDatabases databases;
    private final Path work;
    private final ReadingTypes types;
    private final Qualities qualities;

    DayOfMeters(BenchDatabases databases, Path work, ReadingTypes types, Qualities qualities) {
        this.databases = databases;
        this.work = work;
        this.types = types;
        this.qualities = qualities;
    }

    /** @return seconds */
    double run(int meters, long seed, Consumer<String> progress) throws Exception {
        EmbeddedActiveMQ broker = broker();
        try (ActiveMQConnectionFactory jms = new ActiveMQConnectionFactory("vm://" + BROKER)) {
            pending(meters, seed);
            progress.accept(meters + " meter-days wait in the central database");
            Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
            LegacyFolder folder = new LegacyFolder(work.resolve("day"));
            Composer composer = new Composer(
                    databases.smmc(),
                    ComposerSettings.standard(ZONE),
                    types,
                    qualities,
                    MeterDirectory.uniform(ZONE),
                    clock,
                    Arrows.QUIET);
            Integrator integrator = new Integrator(
                    databases.legacy(),
                    folder,
                    LoadBenchmark.settings(),
                    types,
                    qualities,
                    clock,
                    System::nanoTime,
                    (code, subject, text) -> {},
                    Arrows.QUIET);
            long before = loaded();
            long expected = (long) meters * SampleDays.SLOTS * SampleDays.CHANNELS;
            long start = System.nanoTime();
            try (Relay relay = new Relay(databases.smmc(), jms, clock, Arrows.QUIET);
                    QueueToFile files = new QueueToFile(jms, folder, 1L << 28, Arrows.QUIET)) {
                Thread sender = thread(() -> {
                    composer.compose();
                    relay.send();
                });
                Thread writer = thread(() -> {
                    while (files.take(Duration.ofSeconds(5))) {
                        // until nothing has come for five seconds
                    }
                });
                long end = start;
                while (loaded() - before < expected) {
                    if (integrator.scan() > 0) {
                        end = System.nanoTime();
                    } else {
                        Thread.sleep(50);
                    }
                    if (System.nanoTime() - start > Duration.ofMinutes(10).toNanos()) {
                        throw new IllegalStateException("after ten minutes " + (loaded() - before) + " of " + expected);
                    }
                }
                sender.join();
                writer.join();
                LoadBenchmark.check(loaded() - before, expected, "loaded");
                return (end - start) / 1e9;
            }
        } finally {
            broker.stop();
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static Thread thread(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private long loaded() throws Exception {
        return databases.number("SELECT coalesce(sum(n_loaded), 0) FROM file_journal");
    }

    private EmbeddedActiveMQ broker() throws Exception {
        ConfigurationImpl c = new ConfigurationImpl();
        c.setPersistenceEnabled(true);
        c.setJournalDirectory(work.resolve("broker/journal").toString());
        c.setBindingsDirectory(work.resolve("broker/bindings").toString());
        c.setLargeMessagesDirectory(work.resolve("broker/large").toString());
        c.setPagingDirectory(work.resolve("broker/paging").toString());
        c.setSecurityEnabled(false);
        c.addAcceptorConfiguration(new TransportConfiguration(
                InVMAcceptorFactory.class.getName(), Map.of("serverId", Integer.toString(BROKER))));
        EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
        broker.setConfiguration(c);
        broker.start();
        return broker;
    }

    private void pending(int meters, long seed) throws Exception {
        Random random = new Random(seed);
        try (Connection db = databases.smmc().getConnection();
                PreparedStatement insert = db.prepareStatement(
                        "INSERT INTO pending_work (gateway, work_group, data_type, meter, poll, added_at)"
                                + " VALUES (?, '', 'LOAD_PROFILE', ?, ?, ?)")) {
            db.setAutoCommit(false);
            for (int m = 0; m < meters; m++) {
                var poll = SampleDays.poll(m, FIRST_END, random);
                insert.setString(1, "gw-" + m / METERS_EACH);
                insert.setString(2, poll.meter().number());
                insert.setBytes(3, PollCodec.encode(poll));
                insert.setTimestamp(4, Timestamp.from(Instant.now()));
                insert.addBatch();
                if (m % METERS_EACH == METERS_EACH - 1) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
            db.commit();
        }
    }
}
