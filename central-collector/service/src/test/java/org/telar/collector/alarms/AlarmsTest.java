package org.telar.collector.alarms;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.events.EventStore;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Alarms from events: raised once, cleared, acknowledged, told, judged again by a corrected table (R33, R34, D16). */
class AlarmsTest {
    private static final String REGISTER = "0.0.97.98.0.255";
    private static RunningCollector collector;
    private static Path bits;
    private static SSLServerSocket syslog;
    private static int id;

    @BeforeAll
    static void start() throws Exception {
        Path folder = RunningCollector.folder("alarms");
        bits = folder.resolve("bits.csv");
        Files.writeString(
                bits,
                "model,object,bit,alarm,severity,english,spanish\n*," + REGISTER
                        + ",3,FRAUD_ATTEMPT,CRITICAL,fraud,fraude\n");
        Pki pki = new Pki(folder.resolve("pki"));
        pki.keyStore("collector");
        syslog = (SSLServerSocket)
                pki.context("collector").getServerSocketFactory().createServerSocket(0);
        collector = RunningCollector.start(
                folder.resolve("data"),
                pki,
                "--telar.alarms.status-bits=" + bits,
                "--telar.alarms.storm-count=5",
                "--telar.alarms.recipients=ops-display",
                "--telar.alarms.syslog=tls://localhost:" + syslog.getLocalPort());
        collector.fleet("gw-al", "al-1", "al-2", "al-3", "al-4", "al-5", "al-6", "al-7", "al-8", "al-9");
    }

    @AfterAll
    static void stop() throws Exception {
        collector.close();
        syslog.close();
    }

    private static Instant now() {
        return collector.clock().instant();
    }

    private static void event(String meter, String code, Severity severity, Instant at, Map<String, String> detail) {
        collector
                .bean(EventStore.class)
                .fromEdge(
                        "gw-al",
                        List.of(new Event("e" + ++id, at, code, severity, meter, code + " of " + meter, detail)));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> collector.number("SELECT count(*) FROM event WHERE alarm_pending") == 0);
    }

    private static JsonNode alarms(String query) throws Exception {
        return collector.get("/api/v1/alarms?" + query).body().path("items");
    }

    @Test
    @DisplayName(
            "an alarm is raised once however often its cause is told, and cleared by the event that says so (R33, R34)")
    void raisedOnceAndCleared() throws Exception {
        Instant t = now();
        event("al-1", "METER_UNREACHED", Severity.WARNING, t, Map.of());
        event("al-1", "METER_UNREACHED", Severity.WARNING, t.plusSeconds(5), Map.of());
        JsonNode open = alarms("meter=al-1");
        assertThat(open.size()).isEqualTo(1);
        assertThat(open.path(0).path("times").asInt()).isEqualTo(2);

        event("al-1", "METER_REACHED", Severity.INFO, t.plusSeconds(9), Map.of());
        assertThat(alarms("meter=al-1").size()).isZero();
        event("al-1", "METER_UNREACHED", Severity.WARNING, t.plusSeconds(7), Map.of());
        assertThat(alarms("meter=al-1").size())
                .as("an event older than the clearing")
                .isZero();
        assertThat(alarms("meter=al-1&state=ALL").size()).isEqualTo(1);
    }

    @Test
    @DisplayName("what nothing clears ends with its acknowledgement, which names who and stays the first (R34)")
    void acknowledged() throws Exception {
        event("al-2", "METER_REPLACED", Severity.CRITICAL, now(), Map.of());
        long alarm = alarms("meter=al-2").path(0).path("id").asLong();
        var done = collector.post("/api/v1/alarms/" + alarm + "/acknowledgement", "{\"note\":\"crew is there\"}");
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.body().path("acknowledgedBy").asString()).isEqualTo("first");
        assertThat(done.body().path("clearedAt").isString()).isTrue();
        var again = collector.post("/api/v1/alarms/" + alarm + "/acknowledgement", "{\"note\":\"other\"}");
        assertThat(again.body().path("note").asString()).isEqualTo("crew is there");
        assertThat(collector.post("/api/v1/alarms/999999/acknowledgement", "{}").status())
                .isEqualTo(404);
        assertThat(collector
                        .get("/api/v1/alarms?state=LOUD")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("ALARM_STATE");
    }

    @Test
    @DisplayName(
            "each bit of a raw word is its own alarm; a corrected table judges the past again and keeps acknowledgements (D16)")
    void replayed() throws Exception {
        Instant t = now();
        event("al-3", "METER_STATUS_CHANGED", Severity.WARNING, t, word("", 0b101000));
        event("al-3", "METER_STATUS_CHANGED", Severity.WARNING, t.plusSeconds(1), word("40", 0b001000));
        JsonNode wrong = alarms("meter=al-3");
        assertThat(wrong.size()).as("bit 5 is in no line yet").isEqualTo(1);
        assertThat(wrong.path(0).path("kind").asString()).isEqualTo("FRAUD_ATTEMPT");
        collector.post(
                "/api/v1/alarms/" + wrong.path(0).path("id").asLong() + "/acknowledgement", "{\"note\":\"seen\"}");

        Files.writeString(
                bits,
                "model,object,bit,alarm,severity,english,spanish\n*," + REGISTER
                        + ",3,FRAUD_ATTEMPT,WARNING,cover,tapa\n*," + REGISTER
                        + ",5,BATTERY_LOW,WARNING,battery,batería\n");
        var replay = collector.post("/api/v1/alarms/replay", "");
        assertThat(replay.body().path("words").asInt()).isEqualTo(2);
        JsonNode right = alarms("meter=al-3&state=ALL");
        assertThat(right.size()).isEqualTo(2);
        assertThat(right.path(0).path("kind").asString()).isEqualTo("FRAUD_ATTEMPT");
        assertThat(right.path(0).path("severity").asString()).isEqualTo("WARNING");
        assertThat(right.path(0).path("note").asString()).isEqualTo("seen");
        assertThat(right.path(1).path("kind").asString()).isEqualTo("BATTERY_LOW");
        assertThat(right.path(1).path("clearedAt").isString()).isTrue();

        Files.writeString(bits, "model,object,bit,alarm,severity,english,spanish\n*," + REGISTER + ",99,A,INFO,a,b\n");
        var refused = collector.post("/api/v1/alarms/replay", "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().path("detail").asString()).contains("bits.csv line 2", "bit is 0 to 62", "99");
        assertThat(alarms("meter=al-3&state=ALL").size()).isEqualTo(2);
    }

    private static Map<String, String> word(String old, long bits) {
        return Map.of("object", REGISTER, "old", old, "new", Long.toString(bits));
    }

    @Test
    @DisplayName(
            "changes are told on the JMS topic and by MQTT to the recipient; of a storm only that there is one (R34, R35)")
    void told() throws Exception {
        try (FakeEdge display = new FakeEdge(collector, "ops-display");
                Connection jms = collector.bean(ConnectionFactory.class).createConnection()) {
            Session session = jms.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createTopic("telar.v1.alarms"));
            jms.start();
            Instant t = now();
            for (int i = 0; i < 9; i++) {
                event("al-" + (i + 1), "METER_AUTH_FAIL", Severity.CRITICAL, t.plusSeconds(i), Map.of());
            }
            List<String> kinds = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                JsonNode told = JsonMapper.shared().readTree(((TextMessage) consumer.receive(10_000)).getText());
                kinds.add(told.path("kind").asString());
                assertThat(told.path("change").asString()).isEqualTo("RAISED");
            }
            assertThat(kinds).filteredOn("METER_AUTH_FAIL"::equals).hasSize(5);
            assertThat(kinds).filteredOn("EVENT_STORM"::equals).hasSize(1);
            assertThat(consumer.receive(500)).isNull();
            assertThat(alarms("kind=METER_AUTH_FAIL").size())
                    .as("all are in the list")
                    .isEqualTo(9);
            collector.clock().advance(Duration.ofMinutes(11));
            JsonNode over = JsonMapper.shared().readTree(((TextMessage) consumer.receive(10_000)).getText());
            assertThat(over.path("kind").asString()).isEqualTo("EVENT_STORM");
            assertThat(over.path("change").asString()).isEqualTo("CLEARED");
            await().atMost(Duration.ofSeconds(10)).until(() -> display.raw().size() >= 6);
        }
    }

    @Test
    @DisplayName(
            "security events and the audit reach the site's syslog over TLS in RFC 5424 form, also after it was away; and as JSON lines (S36, R34)")
    void syslog() throws Exception {
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        AtomicBoolean receiving = new AtomicBoolean(true);
        Thread receiver = new Thread(() -> receive(lines, receiving));
        receiver.setDaemon(true);
        receiver.start();
        event("al-4", "METER_ADDRESS_MISMATCH", Severity.CRITICAL, now(), Map.of());
        String seen = "";
        while (!seen.contains("METER_ADDRESS_MISMATCH")) {
            seen = lines.poll(40, TimeUnit.SECONDS);
            assertThat(seen).isNotNull().matches("(?s)<\\d{1,3}>1 [0-9T:.Z-]+ \\S+ telar-collector \\d+ \\S+ - \\{.*}");
        }
        assertThat(seen).startsWith("<82>1 ").contains("\"meter\":\"al-4\"");
        await().atMost(Duration.ofSeconds(40)).until(() -> collector.number("SELECT audit_seq FROM syslog_mark") > 0);
        receiving.set(false);

        String export = collector.text("/api/v1/audit/export?from=2020-01-01T00:00:00Z");
        assertThat(export.lines()
                        .filter(l -> l.contains("\"EVENT\"") && l.contains("METER_ADDRESS_MISMATCH"))
                        .findFirst()
                        .orElse(""))
                .contains("METER_");
        assertThat(export.lines().filter(l -> l.contains("\"AUDIT\"")).count()).isPositive();
        assertThat(export.lines()).allSatisfy(l -> JsonMapper.shared().readTree(l));
    }

    private static void receive(LinkedBlockingQueue<String> lines, AtomicBoolean receiving) {
        boolean first = true;
        while (receiving.get()) {
            try (SSLSocket socket = (SSLSocket) syslog.accept()) {
                if (first) {
                    first = false; // the receiver is away once
                    continue;
                }
                InputStream in = socket.getInputStream();
                while (receiving.get()) {
                    int length = 0;
                    for (int c = in.read(); c != ' '; c = in.read()) {
                        if (c < '0' || c > '9') {
                            throw new IOException("no count: " + c);
                        }
                        length = length * 10 + c - '0';
                    }
                    lines.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                }
            } catch (IOException gone) {
                // comes again, as a log server would
            }
        }
    }

    @Test
    @DisplayName(
            "a table with a broken line is refused with file, line and what was expected; events without a line raise when critical")
    void tables() throws Exception {
        Path broken = collector.data().resolve("alarms.csv");
        Files.writeString(broken, "event,action,alarm,severity,subject\nLINK_DOWN,SHOUT,LINK_DOWN,,\n");
        assertThatThrownBy(() -> new AlarmTable(Optional.of(broken)))
                .hasMessageContaining("alarms.csv line 2")
                .hasMessageContaining("RAISE or CLEAR")
                .hasMessageContaining("SHOUT");
        event("al-5", "NEVER_HEARD_OF", Severity.CRITICAL, now(), Map.of());
        event("al-6", "NEVER_HEARD_OF", Severity.WARNING, now(), Map.of());
        assertThat(alarms("kind=NEVER_HEARD_OF").size()).isEqualTo(1);
    }
}
