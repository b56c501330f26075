package org.telar.collector.integration.queue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.Unit;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.integration.Polls;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;

import static org.assertj.core.api.Assertions.assertThat;

/** When a message is born, what it holds, and that its bytes are fixed with the consumption of the work (D10, D11). */
class ComposerTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Instant FIRST = Instant.parse("2026-11-19T03:15:00Z");
    private static final Instant STAMP = Instant.parse("2026-11-20T03:00:00Z");

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private DataSource smmc;
    private PendingWork pending;

    @BeforeEach
    void start() {
        smmc = TestDatabases.fresh().smmc();
        pending = new PendingWork(smmc, clock);
    }

    @Test
    @DisplayName("D10: emitted when the run ends, or when the work is 15 minutes old; not before")
    void when() throws Exception {
        pending.add("gw-0001", "run-1", profile("1"));
        pending.add("gw-0001", "run-2", profile("2"));
        pending.add("gw-0001", "", profile("3"));
        clock.advance(Duration.ofMinutes(15).minusSeconds(1));
        assertThat(composer(500).compose()).as("14:59").isZero();

        pending.ended("run-2");
        assertThat(composer(500).compose()).as("run-2 has ended").isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(composer(500).compose()).as("15:00").isEqualTo(2);

        assertThat(outbox("correlation")).containsExactly("run-2", "run-1", "catchup-gw-0001-20261120T051500Z");
    }

    @Test
    @DisplayName(
            "D10: one message carries one data type, one gateway and one run; what comes late goes under the same id")
    void separate() throws Exception {
        Poll both = Polls.poll(
                "1",
                clock.instant(),
                profile("1").profiles(),
                List.of(Polls.closing(STAMP, 1000, STAMP.minusSeconds(60))));
        pending.add("gw-0001", "run-1", both);
        pending.add("gw-0002", "run-1", profile("9"));
        pending.ended("run-1");
        composer(500).compose();
        pending.add("gw-0001", "run-1", profile("1"));
        composer(500).compose();

        assertThat(outbox("gateway, data_type, correlation, value_count"))
                .containsExactly(
                        "gw-0001,LOAD_PROFILE,run-1,3",
                        "gw-0001,REGISTERS,run-1,5",
                        "gw-0002,LOAD_PROFILE,run-1,3",
                        "gw-0001,LOAD_PROFILE,run-1,3");
        List<String> xml = xml();
        assertThat(xml.get(0)).contains("IntervalBlocks").doesNotContain("<m:Readings>");
        assertThat(xml.get(1)).contains("<m:Readings>").doesNotContain("IntervalBlocks");
    }

    @Test
    @DisplayName("D10: cut at the number of meters, MessageIndex n/N; a meter's polls stay together")
    void cut() throws Exception {
        for (int i = 0; i < 7; i++) {
            pending.add("gw-0001", "run-1", profile("m" + i));
            pending.add("gw-0001", "run-1", profile("m" + i));
        }
        pending.ended("run-1");

        assertThat(composer(3).compose()).isEqualTo(3);

        assertThat(outbox("message_index, message_count, meters")).containsExactly("1,3,3", "2,3,3", "3,3,1");
        List<String> xml = xml();
        assertThat(xml.get(1)).contains("<Value>2/3</Value>").contains("<m:name>m3</m:name>");
        assertThat(xml.get(0).split("<m:MeterReading>")).hasSize(4);
    }

    @Test
    @DisplayName("D18: a maximum demand's timeStamp is its occurrence, the closing's stamp is the end of its period")
    void demand() throws Exception {
        pending.add(
                "gw-0001",
                "run-1",
                Polls.poll(
                        "1", clock.instant(), List.of(), List.of(Polls.closing(STAMP, 1000, STAMP.minusSeconds(60)))));
        pending.ended("run-1");
        composer(500).compose();

        assertThat(xml().get(0))
                .contains("<m:timeStamp>2026-11-19T23:59:00-03:00</m:timeStamp><m:value>4.321</m:value>")
                .contains("<m:timePeriod><m:end>2026-11-20T00:00:00-03:00</m:end></m:timePeriod>")
                .contains("<m:reason>billing</m:reason>");
    }

    @Test
    @DisplayName("D11: the bytes are fixed in the outbox; their SHA-256 and size are those of the XML")
    void bytes() throws Exception {
        pending.add("gw-0001", "run-1", profile("1"));
        pending.ended("run-1");
        composer(500).compose();

        byte[] xml = xml().get(0).getBytes(StandardCharsets.UTF_8);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(xml));
        assertThat(outbox("encode(sha256, 'hex'), xml_size")).containsExactly(sha256 + "," + xml.length);
    }

    @Test
    @DisplayName("What no reading type stands for is kept, named, and sent when the table knows it; the rest goes out")
    void unsendable() throws Exception {
        RegisterSet set = new RegisterSet(
                RegisterKind.DAILY,
                Obis.DAILY_CLOSING,
                STAMP,
                0,
                List.of(
                        Polls.register("1.0.1.8.0.255", Polls.WH, 5),
                        Polls.register("1.0.99.8.0.255", Polls.WH, 6),
                        Polls.register("1.0.2.8.0.255", new Unit(0, Unit.VAR_HOUR), 7),
                        Polls.register("1.0.32.7.0.255", new Unit(0, 35), 230)));
        pending.add("gw-0001", "run-1", Polls.poll("1", clock.instant(), List.of(), List.of(set)));
        pending.ended("run-1");

        assertThat(composer(500).compose()).isEqualTo(1);

        assertThat(outbox("value_count")).containsExactly("1");
        List<String> kept = TestDatabases.rows(smmc, "SELECT meter, code, reason FROM cim_unsendable");
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0))
                .startsWith("1,2.10,")
                .contains("1.0.99.8.0.255")
                .contains("DLMS unit 32")
                .doesNotContain("1.0.32.7.0.255"); // instantaneous values stay in the SGO base (D10)
        assertThat(composer(500).retryUnsendable()).isEqualTo(1);
        assertThat(composer(500).compose()).as("still unknown, nothing to send").isZero();
        assertThat(TestDatabases.number(smmc, "SELECT count(*) FROM cim_unsendable"))
                .isOne();
    }

    @Test
    @DisplayName("D11: two composers and ingest at once: every poll goes out exactly once")
    void together() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        List<Future<?>> runs = new ArrayList<>();
        pending.ended("run-1");
        for (int c = 0; c < 2; c++) {
            runs.add(pool.submit(() -> {
                boolean last = false;
                while (!last) {
                    last = done.get();
                    composer(500).compose();
                }
                return null;
            }));
        }
        for (int i = 0; i < 200; i++) {
            pending.add("gw-0001", "run-1", profile("m" + i));
        }
        done.set(true);
        for (Future<?> run : runs) {
            run.get();
        }
        pool.shutdown();
        composer(500).compose();

        assertThat(TestDatabases.number(smmc, "SELECT sum(meters) FROM cim_outbox"))
                .isEqualTo(200);
        String all = String.join("", xml());
        for (int i = 0; i < 200; i++) {
            assertThat(all.split("<m:name>m" + i + "</m:name>", -1)).hasSize(2);
        }
    }

    @Test
    @DisplayName("D11: pending work is part of the transaction that writes the data")
    void transaction() throws Exception {
        var transactions = new org.springframework.transaction.support.TransactionTemplate(
                new org.springframework.jdbc.support.JdbcTransactionManager(smmc));
        transactions.executeWithoutResult(status -> {
            pending.add("gw-0001", "run-1", profile("1"));
            status.setRollbackOnly();
        });
        assertThat(TestDatabases.number(smmc, "SELECT count(*) FROM pending_work"))
                .isZero();
    }

    private static Poll profile(String meter) {
        return Polls.profile(meter, Instant.parse("2026-11-20T04:00:00Z"), FIRST, 100, 0, 250);
    }

    private Composer composer(int meters) {
        ComposerSettings s = ComposerSettings.standard(ZONE);
        return new Composer(
                smmc,
                new ComposerSettings(s.source(), s.zone(), meters, s.pollBytes(), s.patience(), false),
                new ReadingTypes(Optional.empty()),
                new Qualities(Optional.empty()),
                MeterDirectory.uniform(ZONE),
                clock,
                Arrows.QUIET);
    }

    private List<String> outbox(String columns) throws Exception {
        return TestDatabases.rows(smmc, "SELECT " + columns + " FROM cim_outbox ORDER BY id");
    }

    private List<String> xml() throws Exception {
        List<String> xml = new ArrayList<>();
        try (Connection db = smmc.getConnection();
                Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT xml_gz FROM cim_outbox ORDER BY id")) {
            while (row.next()) {
                GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(row.getBytes(1)));
                xml.add(new String(gzip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return xml;
    }
}
