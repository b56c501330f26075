package org.telar.collector.integration.loader;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.files.LegacyFolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the integrator does with each kind of file, on a real database and under an injected clock. */
class IntegratorTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final String PROFILE = Xml.property("DataType", "LOAD_PROFILE");
    private static final String QUARTER = "2026-11-19T00:15:00-03:00";

    @TempDir
    Path data;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private final List<String> alarms = new ArrayList<>();
    private long nanos;
    private DataSource legacy;
    private LegacyFolder folder;
    private Integrator integrator;

    @BeforeEach
    void start() {
        legacy = TestDatabases.fresh().legacy();
        folder = new LegacyFolder(data.resolve("legacy"));
        integrator = integrator(legacy, Duration.ZERO, Arrows.QUIET);
    }

    @Test
    @DisplayName(
            "R67, R68: EndDeviceEvents, and files without the identifiers, are discarded, journalled, never retried")
    void discarded() throws Exception {
        put(
                "events.xml",
                Xml.event(
                                "e1",
                                "",
                                "<e:EndDeviceEvents xmlns:e=\"http://iec.ch/TC57/2011/EndDeviceEvents#\">"
                                        + "<e:EndDeviceEvent/></e:EndDeviceEvents>")
                        .replace("<Noun>MeterReadings", "<Noun>EndDeviceEvents"));
        put("other.xml", "<invoice xmlns=\"urn:other\"><total>3</total></invoice>");
        put(
                "unknown-types.xml",
                Xml.event("e2", "", Xml.readings(Xml.meterReading("1", Xml.block("9.9.9", QUARTER, "1")))));
        put("no-readings.xml", Xml.event("e3", "", Xml.readings(Xml.meterReading("1", ""))));

        assertThat(integrator.scan()).isEqualTo(4);
        clock.advance(Duration.ofHours(2));
        assertThat(integrator.scan()).isZero();

        assertThat(journal("name, state, code"))
                .containsExactly(
                        "events.xml,DISCARDED,5.6",
                        "no-readings.xml,DISCARDED,5.6",
                        "other.xml,DISCARDED,5.6",
                        "unknown-types.xml,DISCARDED,5.6");
        assertThat(samples()).isEmpty();
        assertThat(files(folder.archive())).hasSize(4);
        assertThat(TestDatabases.number(legacy, "SELECT count(*) FROM file_block"))
                .isZero();
    }

    @Test
    @DisplayName("D19: without our property, known reading types say what a foreign file is")
    void foreignTyped() throws Exception {
        TestDatabases.execute(legacy, "INSERT INTO meter (meter_no, mrid, tz) VALUES ('77', 'x', 'America/Santiago')");
        put(
                "foreign.xml",
                Xml.good("f1", "77", "0.125").replace("SMMC-HES", "OTHER").replace(PROFILE, ""));

        integrator.scan();

        assertThat(journal("state, warn, n_loaded")).containsExactly("LOADED,f,1");
        assertThat(samples()).containsExactly("77,1.0.1.29.0.255,125,1.0.0");
    }

    @Test
    @DisplayName("D9: schema, envelope, verb and integrity faults reject the file, with code, place and reason")
    void rejected() throws Exception {
        put("a-torn.xml", Xml.good("r1", "1", "1").substring(0, 700));
        put("b-schema.xml", Xml.good("r2", "1", "1").replace("m:timeStamp>", "m:timestamp>"));
        put("c-verb.xml", Xml.good("r3", "1", "1").replace(">created<", ">delete<"));
        put("d-empty.xml", "");
        put(
                "20261120T050000Z-LOAD_PROFILE-0123456789abcdef.xml",
                Xml.good("r4", "1", "1")); // the name promises another content
        put("e-noun.xml", Xml.good("r5", "1", "1").replace("<Noun>MeterReadings", "<Noun>EndDeviceEvents"));

        assertThat(integrator.scan()).isEqualTo(6);

        assertThat(journal("name, state, code"))
                .containsExactly(
                        "20261120T050000Z-LOAD_PROFILE-0123456789abcdef.xml,REJECTED,1.8",
                        "a-torn.xml,REJECTED,1.8",
                        "b-schema.xml,REJECTED,1.8",
                        "c-verb.xml,REJECTED,2.9",
                        "d-empty.xml,REJECTED,1.8",
                        "e-noun.xml,REJECTED,2.5");
        assertThat(journal("reason").get(2)).contains("line 2").contains("timestamp");
        assertThat(samples()).isEmpty();
        assertThat(files(folder.quarantine())).hasSize(6);
        assertThat(files(folder.inbox())).isEmpty();
    }

    @Test
    @DisplayName("D9: one bad meter or reading type is quarantined as a block; the rest loads, LOADED with WARN")
    void blocks() throws Exception {
        String good = Xml.meterReading("1", Xml.block(Xml.LP, QUARTER, "0.125"));
        String type = Xml.meterReading("2", Xml.block("0.0.2.4.99.1.12.0.0.0.0.0.0.0.0.3.72.0", QUARTER, "1"));
        String value = Xml.meterReading("3", Xml.block(Xml.LP, QUARTER, "NaN"));
        String time = Xml.meterReading("4", Xml.block(Xml.LP, "2026-11-19T00:15:00", "1"));
        String nobody = "<m:MeterReading>" + Xml.block(Xml.LP, QUARTER, "1") + "</m:MeterReading>";
        put("mixed.xml", Xml.event("b1", PROFILE, Xml.readings(good + type + value + time + nobody)));

        integrator.scan();

        assertThat(journal("state, warn, n_loaded, quarantined_blocks")).containsExactly("LOADED,t,1,4");
        assertThat(samples()).containsExactly("1,1.0.1.29.0.255,125,1.0.0");
        assertThat(TestDatabases.rows(legacy, "SELECT meter_no, code FROM file_block ORDER BY block_id"))
                .containsExactly("2,2.6", "3,1.8", "4,1.8", ",2.4");
    }

    @Test
    @DisplayName("D9: a foreign sender cannot enter meters; its block is quarantined with 2.4")
    void unknownMeter() throws Exception {
        put("foreign.xml", Xml.good("u1", "99", "1").replace("SMMC-HES", "OTHER"));

        integrator.scan();

        assertThat(TestDatabases.rows(legacy, "SELECT meter_no, code, content FROM file_block"))
                .containsExactly("99,2.4,2026-11-19T03:15:00Z;1;1.0.0;\n");
        assertThat(TestDatabases.number(legacy, "SELECT count(*) FROM meter")).isZero();
    }

    @Test
    @DisplayName(
            "Idempotent by content and by MessageID: the same again has no effect, other content is rejected (2.15)")
    void idempotent() throws Exception {
        put("one.xml", Xml.good("id-1", "1", "0.5"));
        integrator.scan();
        put("copy.xml", Xml.good("id-1", "1", "0.5"));
        put("forged.xml", Xml.good("id-1", "1", "0.7"));

        assertThat(integrator.scan()).isEqualTo(2);

        assertThat(journal("name, state, code, redelivered, n_duplicates"))
                .containsExactly("forged.xml,REJECTED,2.15,0,0", "one.xml,LOADED,0.0,1,0");
        assertThat(samples()).containsExactly("1,1.0.1.29.0.255,500,1.0.0");
    }

    @Test
    @DisplayName("R65: an integrator error comes back after one hour: 59:59 no, 60:00 yes")
    void retry() throws Exception {
        put("one.xml", Xml.good("t1", "1", "0.5"));
        TestDatabases.execute(legacy, "ALTER TABLE lp_day RENAME TO lp_day_away");
        assertThat(integrator.scan()).isZero();
        assertThat(journal("state, code, attempts, next_at"))
                .containsExactly("RETRY_WAIT,5.3,1,2026-11-20 06:00:00+00");
        TestDatabases.execute(legacy, "ALTER TABLE lp_day_away RENAME TO lp_day");

        clock.advance(Duration.ofMinutes(60).minusSeconds(1));
        assertThat(integrator.scan()).as("59:59").isZero();
        assertThat(files(folder.inbox())).containsExactly("one.xml");
        // Another instance, as after a restart, remembers it too.
        assertThat(integrator(legacy, Duration.ZERO, Arrows.QUIET).scan()).isZero();

        clock.advance(Duration.ofSeconds(1));
        assertThat(integrator.scan()).as("60:00").isEqualTo(1);
        assertThat(journal("state, attempts")).containsExactly("LOADED,2");
        assertThat(samples()).hasSize(1);
        assertThat(files(folder.retry())).isEmpty();
    }

    @Test
    @DisplayName("G10: after the limit of attempts the file is quarantined with an alarm")
    void limit() throws Exception {
        put("one.xml", Xml.good("t1", "1", "0.5"));
        TestDatabases.execute(legacy, "ALTER TABLE lp_day RENAME TO lp_day_away");
        for (int attempt = 1; attempt <= 24; attempt++) {
            integrator.scan();
            clock.advance(Duration.ofHours(1));
        }

        assertThat(journal("state")).containsExactly("QUARANTINED");
        assertThat(files(folder.quarantine())).containsExactly("one.xml");
        assertThat(alarms).containsExactly("FILE_QUARANTINED");
        assertThat(integrator.scan()).isZero();
        TestDatabases.execute(legacy, "ALTER TABLE lp_day_away RENAME TO lp_day");
    }

    @Test
    @DisplayName("F34: a database that is down is a state: told once, files wait untouched and load when it is back")
    void databaseDown() throws Exception {
        DataSource broken = Mockito.mock(DataSource.class);
        Mockito.when(broken.getConnection()).thenThrow(new SQLException("refused", "08001"));
        put("one.xml", Xml.good("t1", "1", "0.5"));
        put("two.xml", Xml.good("t2", "2", "0.5"));
        Integrator cut = integrator(broken, Duration.ZERO, Arrows.QUIET);

        for (int i = 0; i < 100; i++) {
            assertThat(cut.scan()).isZero();
        }

        assertThat(alarms).containsExactly("LEGACY_DOWN");
        assertThat(files(folder.retry())).isEmpty();
        Mockito.reset(broken);
        Mockito.when(broken.getConnection()).thenAnswer(call -> legacy.getConnection());
        assertThat(cut.scan()).isEqualTo(2);
        assertThat(alarms).containsExactly("LEGACY_DOWN", "LEGACY_UP");
    }

    @Test
    @DisplayName("A foreign file that is still being written is left alone until it is stable; hidden ones always")
    void stable() throws Exception {
        Integrator patient = integrator(legacy, Duration.ofSeconds(2), Arrows.QUIET);
        String xml = Xml.good("s1", "1", "0.5");
        put("slow.xml", xml.substring(0, 300));
        put(".slow2.xml", xml);
        put("slow3.xml.part", xml);
        assertThat(patient.scan()).isZero();
        nanos += Duration.ofSeconds(1).toNanos();
        put("slow.xml", xml);
        assertThat(patient.scan()).as("it grew").isZero();
        nanos += Duration.ofMillis(1999).toNanos();
        assertThat(patient.scan()).isZero();
        nanos += Duration.ofMillis(1).toNanos();

        assertThat(patient.scan()).isEqualTo(1);

        assertThat(journal("name, state")).containsExactly("slow.xml,LOADED");
    }

    @Test
    @DisplayName("A file that changes while it is read is not loaded and not judged; it is looked at again")
    void changing() throws Exception {
        put("changing.xml", Xml.good("c1", "1", "0.5"));
        byte[] otherSha = FileLoader.sha256(data.resolve("legacy/inbox/changing.xml"));
        put("changing.xml", Xml.good("c1", "1", "0.6"));
        FileLoader loader = new FileLoader(
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                LoaderSettings.standard(ZONE),
                clock,
                Arrows.QUIET);
        try (var db = legacy.getConnection()) {
            Outcome outcome = loader.load(db, data.resolve("legacy/inbox/changing.xml"), otherSha);
            assertThat(outcome.state()).isEqualTo(Outcome.State.BUSY);
        }

        assertThat(samples()).isEmpty();
        assertThat(journal("state, attempts")).containsExactly("WRITTEN,0");
    }

    @Test
    @DisplayName("Two integrators on one folder and one database: each file is loaded once, none is retried or lost")
    void twoIntegrators() throws Exception {
        for (int i = 0; i < 40; i++) {
            put("f" + i + ".xml", Xml.good("w" + i, "m" + i % 7, "0." + (100 + i)));
        }
        ExecutorService pool = Executors.newFixedThreadPool(2);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            runs.add(pool.submit(() -> {
                Integrator one = integrator(legacy, Duration.ZERO, Arrows.QUIET);
                go.await();
                for (int n = 0; n < 50 && !files(folder.inbox()).isEmpty(); n++) {
                    one.scan();
                }
                return null;
            }));
        }
        go.countDown();
        for (Future<?> run : runs) {
            run.get();
        }
        pool.shutdown();

        assertThat(journal("state || attempts")).hasSize(40).containsOnly("LOADED1");
        assertThat(files(folder.archive())).hasSize(40);
        assertThat(TestDatabases.number(legacy, "SELECT sum(n_loaded + n_conflicts + n_duplicates) FROM file_journal"))
                .isEqualTo(40);
        assertThat(alarms).as("nothing but the conflicts that the files hold").allMatch("READING_CONFLICT"::equals);
    }

    @Test
    @DisplayName("The archive is compressed and forgets after its retention")
    void retention() throws Exception {
        put("one.xml", Xml.good("t1", "1", "0.5"));
        integrator.scan();
        assertThat(files(folder.archive())).containsExactly("one.xml.gz");

        clock.advance(Duration.ofDays(90));
        assertThat(integrator.tidy()).isZero();
        clock.advance(Duration.ofDays(1));
        assertThat(integrator.tidy()).isEqualTo(1);

        assertThat(files(folder.archive())).isEmpty();
    }

    @Test
    @DisplayName("R07: a reader's role reads the views and can write nothing")
    void readOnlyRole() throws Exception {
        DataSource reader = TestDatabases.fresh().legacyAs("legacy_reader");
        put("two.xml", Xml.good("t2", "1", "0.5"));
        integrator.scan();

        new Partitions(legacy, clock).ensure();

        assertThat(TestDatabases.rows(reader, "SELECT value FROM lp_sample")).containsExactly("500");
        assertThat(TestDatabases.rows(reader, "SELECT state FROM file_journal")).containsExactly("LOADED");
        for (String write : List.of(
                "INSERT INTO meter (meter_no, mrid, tz) VALUES ('x', 'x', 'UTC')",
                "UPDATE lp_day SET rev = 7",
                "DELETE FROM register_reading",
                "CREATE TABLE mine (i int)")) {
            assertThatThrownBy(() -> TestDatabases.execute(reader, write))
                    .as(write)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    @DisplayName("R15: the Legacy is a database of its own with its own owner and these tables; the central role has no"
            + " way to them")
    void ownDatabase() throws Exception {
        assertThat(TestDatabases.rows(
                        legacy,
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                                + " AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"))
                .contains(
                        "file_block",
                        "file_journal",
                        "lp_day",
                        "lp_exception",
                        "meter",
                        "quality_set",
                        "reading_history",
                        "reading_type",
                        "register_reading")
                .doesNotContain("orders", "event", "account", "pending_work");
        assertThat(TestDatabases.rows(
                        legacy,
                        "SELECT pg_get_userbyid(datdba), has_table_privilege('smmc', 'lp_day', 'SELECT'),"
                                + " has_table_privilege('smmc', 'register_reading', 'INSERT')"
                                + " FROM pg_database WHERE datname = current_database()"))
                .containsExactly("legacy,f,f");
    }

    @Test
    @DisplayName("Partitions are made ahead; rows that came before them move over and stay visible")
    void partitions() throws Exception {
        put("old.xml", Xml.good("t1", "1", "0.5").replace("2026-11-19T", "2019-02-03T"));
        integrator.scan();

        assertThat(TestDatabases.rows(legacy, "SELECT ensure_month('2019-02-01')"))
                .containsExactly("t");
        assertThat(TestDatabases.rows(legacy, "SELECT ensure_month('2019-02-28')"))
                .containsExactly("f");
        new Partitions(legacy, clock).ensure();

        assertThat(samples()).containsExactly("1,1.0.1.29.0.255,500,1.0.0");
        assertThat(TestDatabases.number(legacy, "SELECT count(*) FROM lp_day_201902"))
                .isOne();
        assertThat(TestDatabases.rows(legacy, "SELECT to_regclass('lp_day_202702') IS NOT NULL"))
                .containsExactly("t");
        TestDatabases.execute(legacy, "DROP TABLE lp_day_201902; DROP TABLE register_reading_201902");
    }

    @Test
    @DisplayName(
            "Retention: months that ended before the limit go whole, with exceptions, history and journal; the others stay (R86)")
    void keptForYears() throws Exception {
        put("a-old.xml", Xml.good("k1", "1", "0.5").replace("2026-11-19T", "2020-02-03T"));
        put("b-old.xml", Xml.good("k2", "1", "0.7").replace("2026-11-19T", "2020-03-03T"));
        put("c-new.xml", Xml.good("k3", "1", "0.6"));
        integrator.scan();
        Partitions partitions = new Partitions(legacy, clock);
        partitions.ensure();
        TestDatabases.rows(legacy, "SELECT ensure_month('2020-03-01')");
        TestDatabases.execute(legacy, "UPDATE file_journal SET created_at = '2020-02-04' WHERE name = 'a-old.xml'");

        assertThat(partitions.forget(Duration.ofDays(3650))).isZero();
        assertThat(partitions.forget(Duration.ofDays(1830))).isEqualTo(2);

        assertThat(samples()).containsExactly("1,1.0.1.29.0.255,600,1.0.0");
        assertThat(journal("name")).containsExactly("b-old.xml", "c-new.xml");
        assertThat(TestDatabases.rows(legacy, "SELECT to_regclass('lp_day_202003') IS NULL"))
                .containsExactly("t");
    }

    @Test
    @DisplayName(
            "D21: a file with values that contradict those held raises a warning with its name; the view tells both")
    void conflictTold() throws Exception {
        put("a.xml", Xml.good("d1", "1", "0.5"));
        integrator.scan();
        assertThat(alarms).isEmpty();
        put("b.xml", Xml.good("d2", "1", "0.6"));
        integrator.scan();

        assertThat(alarms).containsExactly("READING_CONFLICT");
        assertThat(TestDatabases.rows(legacy, "SELECT meter, channel, kind, value, reason, file FROM reading_conflict"))
                .singleElement()
                .asString()
                .startsWith("1,1.0.1.29.0.255,profile,")
                .endsWith(",b.xml");
    }

    private Integrator integrator(DataSource source, Duration stableFor, Arrows arrows) {
        LoaderSettings s = LoaderSettings.standard(ZONE);
        LoaderSettings settings = new LoaderSettings(
                s.directory(),
                s.limits(),
                s.retryAfter(),
                s.maximumAttempts(),
                stableFor,
                s.keepArchive(),
                Set.of("SMMC-HES"),
                s.batchValues());
        return new Integrator(
                source,
                folder,
                settings,
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                clock,
                () -> nanos,
                (code, subject, text) -> alarms.add(code),
                arrows);
    }

    private void put(String name, String xml) throws IOException {
        Files.write(folder.inbox().resolve(name), xml.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> journal(String columns) throws SQLException {
        return TestDatabases.rows(legacy, "SELECT " + columns + " FROM file_journal ORDER BY name");
    }

    private List<String> samples() throws SQLException {
        return TestDatabases.rows(
                legacy, "SELECT meter, channel, value, quality FROM lp_sample ORDER BY 1, 2, interval_end_utc");
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
