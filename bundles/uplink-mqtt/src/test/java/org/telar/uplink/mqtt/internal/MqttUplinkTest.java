package org.telar.uplink.mqtt.internal;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.uplink.DownlinkListener;
import org.telar.contract.Status;
import org.telar.store.sqlite.internal.SqliteStore;
import org.telar.store.sqlite.internal.StoreSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Against a real broker with mutual TLS, a real store, and a collector that only acknowledges. */
@Timeout(60)
class MqttUplinkTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path shared;

    private static TestPki pki;
    private static Path gatewayKeys;
    private static Path collectorKeys;
    private static TestBroker broker;

    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private final List<Instant> collectorTimes = new CopyOnWriteArrayList<>();
    private SqliteStore store;
    private FakeCollector collector;
    private CutProxy proxy;

    @BeforeAll
    static void startBroker() throws Exception {
        pki = new TestPki(shared.resolve("pki"), "Test CA");
        gatewayKeys = pki.issue(FakeCollector.GATEWAY, Duration.ofDays(90));
        collectorKeys = pki.issue("collector", Duration.ofDays(90));
        broker = new TestBroker(
                pki, pki.issue("broker", Duration.ofDays(90)), shared.resolve("broker"), ";maximumPacketSize=65536");
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @BeforeEach
    void start() throws Exception {
        store = new SqliteStore(StoreSettings.in(folder), Clock.systemUTC(), heard);
        collector = new FakeCollector(broker.port(), Tls.load(files(collectorKeys, pki)));
        proxy = new CutProxy(broker.port());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        collector.close();
        store.close();
    }

    private static UplinkSettings.TlsFiles files(Path keys, TestPki trusted) {
        return new UplinkSettings.TlsFiles(keys, trusted.trust(), pki.password(), pki.password());
    }

    private UplinkSettings settings(Duration ackTimeout, UplinkSettings.TlsFiles files) {
        return new UplinkSettings(
                URI.create("ssl://localhost:" + proxy.port()),
                FakeCollector.GATEWAY,
                Optional.of(files),
                "0.1.0",
                UplinkSettings.Limits.DEFAULT,
                new UplinkSettings.Times(
                        Duration.ofSeconds(240),
                        Duration.ofSeconds(5),
                        ackTimeout,
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(200)));
    }

    private MqttUplink uplink(Duration ackTimeout) {
        return uplink(settings(ackTimeout, files(gatewayKeys, pki)));
    }

    private MqttUplink uplink(UplinkSettings settings) {
        MqttUplink uplink = new MqttUplink(
                settings, store, (collectorTime, host) -> collectorTimes.add(collectorTime), heard, Clock.systemUTC());
        uplink.start();
        return uplink;
    }

    private void add(int entries, int bytes) throws Exception {
        Random random = new Random(entries);
        for (int i = 0; i < entries; i++) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            store.append(i % 3 == 0 ? OutboxKind.EVENT : OutboxKind.READINGS, Lane.values()[i % 3], payload);
        }
    }

    private void drained(int entries) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(collector.count()).describedAs("%s", heard.texts()).isEqualTo(entries);
            assertThat(store.backlog().entries()).isZero();
        });
    }

    @Test
    @DisplayName(
            "R45, R2: the outbox drains over mutual TLS 1.3, and entries leave it only by the collector's acknowledgement")
    void drains() throws Exception {
        collector.silent(true);
        add(250, 300);
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30))) {
            await().atMost(SOON).until(() -> collector.count() == 250);
            assertThat(uplink.isConnected()).isTrue();
            assertThat(store.backlog().entries())
                    .describedAs("the broker has answered, the collector has not")
                    .isEqualTo(250);
            collector.silent(false);
            collector.acknowledge(store.epoch());
            drained(250);
            add(10, 300);
            drained(260);
        }
        assertThat(collector.duplicates()).isZero();
        assertThat(collectorTimes).contains(Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(heard.codes()).contains("LINK_UP").doesNotContain("ACK_TIMEOUT", "LINK_DOWN");
    }

    @Test
    @DisplayName("F15: a lost acknowledgement makes the link suspect; the batch comes again under the same sequences")
    void lostAcknowledgement() throws Exception {
        collector.silent(true);
        add(30, 100);
        try (MqttUplink uplink = uplink(Duration.ofMillis(500))) {
            await().atMost(SOON).until(() -> collector.duplicates() > 0);
            assertThat(heard.codes()).contains("ACK_TIMEOUT", "LINK_DOWN");
            assertThat(store.backlog().entries()).isEqualTo(30);
            collector.silent(false);
            drained(30);
        }
    }

    @Test
    @DisplayName("F17, R50: a connection that is cut is made again, and everything unacknowledged is sent again")
    void cut() throws Exception {
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30))) {
            await().atMost(SOON).until(uplink::isConnected);
            for (int round = 1; round <= 3; round++) {
                proxy.cut();
                add(50, 200);
                await().atMost(SOON).until(() -> !uplink.isConnected());
                proxy.restore();
                drained(50 * round);
            }
        }
        assertThat(heard.codes()).contains("LINK_DOWN", "LINK_UP");
    }

    @Test
    @DisplayName("F16: a half-open connection is found by the acknowledgement's deadline")
    void halfOpen() throws Exception {
        try (MqttUplink uplink = uplink(Duration.ofSeconds(1))) {
            await().atMost(SOON).until(uplink::isConnected);
            proxy.stall();
            add(5, 100);
            await().atMost(SOON).until(() -> heard.codes().contains("ACK_TIMEOUT"));
            proxy.restore();
            drained(5);
        }
    }

    @Test
    @DisplayName("F3: a broker that is killed and comes back empty loses nothing; LINK_DOWN and LINK_UP tell of it")
    void brokerRestart() throws Exception {
        try (MqttUplink uplink = uplink(Duration.ofSeconds(2))) {
            await().atMost(SOON).until(uplink::isConnected);
            collector.silent(true);
            add(40, 100);
            await().atMost(SOON).until(() -> collector.count() == 40);
            broker.stop();
            await().atMost(SOON).until(() -> heard.codes().contains("LINK_DOWN"));
            collector.drop();
            collector.silent(false);
            add(10, 100);
            broker.start();
            collector.connect();
            drained(50);
        }
        assertThat(heard.codes()).containsSubsequence("LINK_UP", "LINK_DOWN", "LINK_UP");
    }

    @Test
    @DisplayName(
            "F18: a batch larger than the broker's maximum packet is split; an entry that can never fit is named and kept")
    void oversize() throws Exception {
        add(60, 4_000);
        store.append(OutboxKind.READINGS, Lane.LIVE, random(70_000));
        add(3, 100);
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30))) {
            await().atMost(SOON).until(() -> collector.count() == 63);
            await().atMost(SOON).until(() -> store.backlog().entries() == 1);
        }
        assertThat(collector.largest()).isLessThan(65_536).isGreaterThan(16_384);
        assertThat(heard.texts())
                .anyMatch(t -> t.startsWith("BROKER_REFUSED") && t.contains("Entry 61 of 70000 bytes"));
    }

    @Test
    @DisplayName(
            "S16, F19: a broker of another CA is refused with an event that says so; right key material heals it without a restart")
    void wrongCa() throws Exception {
        TestPki other = new TestPki(folder.resolve("other"), "Other CA");
        add(5, 100);
        Path trust = folder.resolve("trust.p12");
        java.nio.file.Files.copy(other.trust(), trust);
        UplinkSettings.TlsFiles files = new UplinkSettings.TlsFiles(gatewayKeys, trust, pki.password(), pki.password());
        try (MqttUplink uplink = uplink(settings(Duration.ofSeconds(30), files))) {
            await().atMost(SOON).until(() -> heard.codes().contains("TLS_UNKNOWN_CA"));
            await().atMost(SOON).until(() -> proxy.accepted() > 3);
            assertThat(uplink.isConnected()).isFalse();
            assertThat(heard.codes()).describedAs("one event, not one a minute").containsOnlyOnce("TLS_UNKNOWN_CA");
            java.nio.file.Files.copy(pki.trust(), trust, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            drained(5);
        }
    }

    @Test
    @DisplayName("S16: our certificate of an unknown CA is refused by the broker, and the event says whose fault it is")
    void wrongClientCertificate() throws Exception {
        TestPki other = new TestPki(folder.resolve("other"), "Other CA");
        Path keys = other.issue(FakeCollector.GATEWAY, Duration.ofDays(20));
        UplinkSettings.TlsFiles files = new UplinkSettings.TlsFiles(keys, pki.trust(), pki.password(), pki.password());
        try (MqttUplink uplink = uplink(settings(Duration.ofSeconds(30), files))) {
            await().atMost(SOON).until(() -> heard.codes().contains("TLS_REFUSED"));
            assertThat(uplink.isConnected()).isFalse();
        }
        assertThat(heard.codes()).contains("TLS_EXPIRES_SOON");
    }

    @Test
    @DisplayName("S19: a broker whose certificate names another host is refused")
    void wrongHost() throws Exception {
        UplinkSettings good = settings(Duration.ofSeconds(30), files(gatewayKeys, pki));
        try (CutProxy elsewhere = new CutProxy(broker.port(), "127.0.0.2")) {
            UplinkSettings there = new UplinkSettings(
                    URI.create("ssl://127.0.0.2:" + elsewhere.port()),
                    good.gateway(),
                    good.tls(),
                    good.version(),
                    good.limits(),
                    good.times());
            try (MqttUplink uplink = uplink(there)) {
                await().atMost(SOON).until(() -> heard.codes().contains("TLS_WRONG_NAME"));
                assertThat(uplink.isConnected()).isFalse();
            }
        }
    }

    @Test
    @DisplayName(
            "D15, R22: orders come down once the link is up, retained state too, also to a listener that comes late")
    void downlink() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        DownlinkListener early = recorder("early", received);
        collector.publish("table", new byte[] {1}, true);
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30))) {
            uplink.addListener(early);
            await().atMost(SOON).until(() -> received.contains("early table 1"));
            assertThat(received).contains("early connected");
            collector.publish("orders", new byte[] {2}, false);
            await().atMost(SOON).until(() -> received.contains("early orders 2"));
            uplink.addListener(recorder("late", received));
            await().atMost(SOON).until(() -> received.contains("late connected"));
            assertThat(received).contains("late table 1").doesNotContain("late orders 2");
            uplink.publishTransient("results", new byte[] {3});
            await().atMost(SOON).until(() -> collector.transients().contains("telar/v1/gw-0001/up/results 1"));
        } finally {
            collector.publish("table", new byte[0], true);
        }
    }

    private static DownlinkListener recorder(String name, List<String> into) {
        return new DownlinkListener() {
            @Override
            public void received(String kind, byte[] payload) {
                into.add(name + " " + kind + " " + (payload.length == 0 ? "" : payload[0]));
            }

            @Override
            public void connected() {
                into.add(name + " connected");
            }
        };
    }

    @Test
    @DisplayName(
            "R33, D15: the retained status says online; the last will says offline when the link dies, a stop says so itself")
    void status() throws Exception {
        add(4, 10);
        collector.silent(true);
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30))) {
            await().atMost(SOON)
                    .until(() -> last(collector.statuses()).map(Status::online).orElse(false));
            Status online = last(collector.statuses()).orElseThrow();
            assertThat(online.epoch()).isEqualTo(store.epoch());
            assertThat(online.backlog()).isEqualTo(4);
            assertThat(online.version()).isEqualTo("0.1.0");
            proxy.cut();
            await().atMost(SOON)
                    .until(() -> !last(collector.statuses()).map(Status::online).orElse(true));
            proxy.restore();
            await().atMost(SOON)
                    .until(() -> last(collector.statuses()).map(Status::online).orElse(false));
        }
        await().atMost(SOON)
                .until(() -> !last(collector.statuses()).map(Status::online).orElse(true));
    }

    private static Optional<Status> last(List<Status> statuses) {
        return statuses.isEmpty() ? Optional.empty() : Optional.of(statuses.get(statuses.size() - 1));
    }

    private static byte[] random(int bytes) {
        byte[] payload = new byte[bytes];
        new Random(bytes).nextBytes(payload);
        return payload;
    }
}
