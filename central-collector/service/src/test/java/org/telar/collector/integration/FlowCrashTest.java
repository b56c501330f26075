package org.telar.collector.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.xml.transform.stream.StreamSource;

import jakarta.jms.JMSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.api.model.Poll;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.Schemas;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.QueueToFile;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.LegacyExport;
import org.telar.collector.integration.loader.LoaderSettings;
import org.telar.collector.integration.queue.Composer;
import org.telar.collector.integration.queue.ComposerSettings;
import org.telar.collector.integration.queue.Relay;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole flow on a real PostgreSQL and a real Artemis, with a crash at every arrow: exactly one effect (R64). */
class FlowCrashTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant DAY = Instant.parse("2026-11-19T03:15:00Z"); // first quarter of the local day

    @TempDir
    Path data;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private final AtomicBoolean crashed = new AtomicBoolean();
    private static TestBroker shared;

    private TestDatabases databases;
    private TestBroker broker;
    private LegacyFolder folder;
    private Arrows arrows = Arrows.QUIET;

    /** As if the process had died: nothing after it runs, nothing handles it. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeAll
    static void startBroker(@TempDir Path folder) throws Exception {
        shared = new TestBroker(folder);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        shared.close();
    }

    @BeforeEach
    void start() throws Exception {
        databases = TestDatabases.fresh();
        broker = shared;
        broker.purge();
        folder = new LegacyFolder(data.resolve("legacy"));
    }

    @ParameterizedTest(name = "crash after {0}")
    @EnumSource(Arrows.Arrow.class)
    @DisplayName("R64: a crash at any arrow leaves exactly one effect of every value")
    void crash(Arrows.Arrow at) throws Exception {
        PendingWork pending = new PendingWork(databases.smmc(), clock);
        pending.add("gw-0001", "run-1", polls().get(0));
        pending.add("gw-0001", "run-1", polls().get(1));
        pending.ended("run-1");
        arrows = arrow -> {
            if (arrow == at && crashed.compareAndSet(false, true)) {
                throw new Crash();
            }
        };

        flowUntilQuiet();

        assertThat(crashed).as("the arrow was passed").isTrue();
        assertThat(export()).isEqualTo(expected());
        assertThat(TestDatabases.rows(
                        databases.legacy(),
                        "SELECT data_type, state, n_values, n_loaded, n_duplicates, message_index FROM file_journal"
                                + " ORDER BY data_type"))
                .containsExactly("LOAD_PROFILE,LOADED,192,192,0,1/1", "REGISTERS,LOADED,10,10,0,1/1");
        assertThat(broker.depth()).isZero();
        assertThat(files(folder.inbox())).isEmpty();
        assertThat(TestDatabases.number(databases.smmc(), "SELECT count(*) FROM pending_work"))
                .isZero();
    }

    @Test
    @DisplayName("D11: what is sent again has the same bytes, the same name and the same hash; loaded once, counted")
    void redelivery() throws Exception {
        PendingWork pending = new PendingWork(databases.smmc(), clock);
        pending.add("gw-0001", "run-1", polls().get(0));
        pending.ended("run-1");
        flowUntilQuiet();
        List<String> archived = files(folder.archive());
        // The broker has forgotten, or is another one: everything is sent once more.
        TestDatabases.execute(databases.smmc(), "UPDATE cim_outbox SET sent_at = NULL");
        try (TestBroker other = new TestBroker(data.resolve("other-broker"))) {
            broker = other;
            flowUntilQuiet();
        }

        assertThat(files(folder.archive())).isEqualTo(archived).hasSize(2);
        assertThat(TestDatabases.rows(
                        databases.legacy(), "SELECT state, n_duplicates, redelivered, attempts FROM file_journal"))
                .containsExactly("LOADED,0,1,1", "LOADED,0,1,1");
        assertThat(TestDatabases.number(databases.legacy(), "SELECT count(*) FROM lp_sample"))
                .isEqualTo(96);
    }

    @Test
    @DisplayName("D11: the broker drops what was sent twice under one duplicate id")
    void duplicateId() throws Exception {
        PendingWork pending = new PendingWork(databases.smmc(), clock);
        pending.add("gw-0001", "run-1", polls().get(0));
        pending.ended("run-1");
        composer().compose();
        try (Relay relay = relay()) {
            assertThat(relay.send()).isEqualTo(2);
            TestDatabases.execute(databases.smmc(), "UPDATE cim_outbox SET sent_at = NULL");
            assertThat(relay.send()).isEqualTo(2);
        }

        assertThat(broker.depth()).isEqualTo(2);
    }

    @Test
    @DisplayName("R16: everything emitted is valid against our strict schemas, payload apart from envelope")
    void valid() throws Exception {
        PendingWork pending = new PendingWork(databases.smmc(), clock);
        polls().forEach(p -> pending.add("gw-0001", "", p));
        clock.advance(Duration.ofMinutes(15));
        flowUntilQuiet();

        assertThat(files(folder.archive())).hasSize(2);
        try (Stream<Path> all = Files.walk(folder.archive())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String xml = new String(new GZIPInputStream(Files.newInputStream(file)).readAllBytes(), "UTF-8");
                Schemas.strict("Message").newValidator().validate(new StreamSource(new java.io.StringReader(xml)));
                String payload = xml.substring(xml.indexOf("<m:MeterReadings"), xml.indexOf("</Payload>"));
                Schemas.strict("MeterReadings")
                        .newValidator()
                        .validate(new StreamSource(new java.io.StringReader(payload)));
                assertThat(xml).contains("<CorrelationID>catchup-gw-0001-20261120T051500Z</CorrelationID>");
            }
        }
    }

    /** Runs every stage until none has anything to do; a stage that crashed is started anew, as after a restart. */
    private void flowUntilQuiet() throws Exception {
        int quiet = 0;
        for (int round = 0; quiet < 2; round++) {
            assertThat(round).as("rounds").isLessThan(50);
            boolean busy = stage(() -> composer().compose() > 0);
            busy |= stage(() -> {
                try (Relay relay = relay()) {
                    return relay.send() > 0;
                }
            });
            busy |= stage(() -> {
                try (QueueToFile files = new QueueToFile(broker.connections(), folder, 1 << 28, arrows)) {
                    return files.take(Duration.ofMillis(100));
                }
            });
            busy |= stage(() -> integrator().scan() > 0);
            quiet = busy ? 0 : quiet + 1;
        }
    }

    private interface Stage {
        boolean run() throws SQLException, JMSException, IOException;
    }

    private static boolean stage(Stage stage) throws Exception {
        try {
            return stage.run();
        } catch (Crash e) {
            return true;
        }
    }

    private Composer composer() {
        return new Composer(
                databases.smmc(),
                ComposerSettings.standard(ZONE),
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                MeterDirectory.uniform(ZONE),
                clock,
                arrows);
    }

    private Relay relay() {
        return new Relay(databases.smmc(), broker.connections(), clock, arrows);
    }

    private Integrator integrator() {
        return new Integrator(
                databases.legacy(),
                folder,
                LoaderSettings.standard(ZONE),
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                clock,
                System::nanoTime,
                (code, subject, text) -> {},
                arrows);
    }

    private static List<Poll> polls() {
        return List.of(poll("10000001", 7), poll("10000002", 5));
    }

    private static Poll poll(String meter, int factor) {
        long[] values = new long[96];
        for (int i = 0; i < values.length; i++) {
            values[i] = factor * i;
        }
        Instant stamp = Instant.parse("2026-11-20T03:00:00Z");
        return Polls.poll(
                meter,
                Instant.parse("2026-11-20T04:59:00Z"),
                List.of(Polls.block(DAY, Polls.IMPORT, new int[96], values)),
                List.of(Polls.closing(stamp, 6_519_095L * factor, stamp.minusSeconds(12_345))));
    }

    private List<String> expected() {
        List<String> lines = new java.util.ArrayList<>();
        lines.add("meter,channel,interval_end_utc,value,quality");
        polls().forEach(p -> lines.addAll(Polls.expected(p, s -> "1.0.0")));
        lines.add("meter,channel,stamp_utc,value,occurred_at_utc,quality");
        for (Poll p : polls()) {
            p.registers().get(0).values().stream()
                    .map(v -> p.meter() + "," + v.register() + ",2026-11-20T03:00:00Z," + v.value() + ","
                            + v.occurredAt().map(Instant::toString).orElse("") + ",1.0.0")
                    .sorted()
                    .forEach(lines::add);
        }
        return lines;
    }

    private List<String> export() throws Exception {
        LegacyExport export = new LegacyExport(databases.legacy());
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        export.samples(Instant.EPOCH, clock.instant(), out);
        export.closings(Instant.EPOCH, clock.instant(), out);
        return out.toString("UTF-8").lines().toList();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(f -> f.getFileName().toString())
                    .filter(n -> !n.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
