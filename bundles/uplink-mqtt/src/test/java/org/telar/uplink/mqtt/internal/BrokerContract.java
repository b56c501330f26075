package org.telar.uplink.mqtt.internal;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
import org.junit.jupiter.api.TestInstance;
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

/** What the uplink needs of any MQTT 5 broker; one class a make runs the same tests (R18, issue of the uplink). */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrokerContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Heard heard = new Heard();
    private Path shared;
    private TestPki pki;
    private Path gatewayKeys;
    private ContractBroker broker;
    private SqliteStore store;
    private FakeCollector collector;
    private CutProxy proxy;
    private int runs;

    abstract ContractBroker broker(TestPki known, Path keys, Path folder) throws Exception;

    @BeforeAll
    void startBroker(@TempDir Path folder) throws Exception {
        shared = folder;
        pki = new TestPki(shared.resolve("pki"), "Test CA");
        gatewayKeys = pki.issue(FakeCollector.GATEWAY, Duration.ofDays(90));
        broker = broker(pki, pki.issue("broker", Duration.ofDays(90)), shared.resolve("broker"));
    }

    @AfterAll
    void stopBroker() throws Exception {
        if (broker != null) {
            broker.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        Path folder = shared.resolve("store-" + ++runs);
        store = new SqliteStore(
                StoreSettings.in(folder).withNativeDirectory(shared.resolve("lib")), Clock.systemUTC(), heard);
        Path keys = pki.issue("collector", Duration.ofDays(90));
        collector = new FakeCollector(broker.port(), Tls.load(files(keys)));
        proxy = new CutProxy(broker.port());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        collector.close();
        store.close();
    }

    private UplinkSettings.TlsFiles files(Path keys) {
        return new UplinkSettings.TlsFiles(keys, pki.trust(), pki.password(), pki.password());
    }

    private MqttUplink uplink(Duration acknowledgement, Path keys) {
        UplinkSettings settings = new UplinkSettings(
                URI.create("ssl://localhost:" + proxy.port()),
                FakeCollector.GATEWAY,
                Optional.of(files(keys)),
                "0.1.0",
                new UplinkSettings.Limits(4, 10, 16 << 10),
                new UplinkSettings.Times(
                        Duration.ofSeconds(240),
                        Duration.ofSeconds(5),
                        acknowledgement,
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(200)));
        MqttUplink uplink = new MqttUplink(settings, store, (at, host) -> {}, heard, Clock.systemUTC());
        uplink.start();
        return uplink;
    }

    private MqttUplink uplink() {
        return uplink(Duration.ofSeconds(30), gatewayKeys);
    }

    private void add(int entries, int bytes) throws Exception {
        Random random = new Random(entries);
        for (int i = 0; i < entries; i++) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            store.append(OutboxKind.READINGS, Lane.values()[i % 3], payload);
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
            "R45, S16: drains over mutual TLS 1.3 through the window, and only the collector's word frees anything")
    void drains() throws Exception {
        collector.silent(true);
        add(200, 300);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> collector.batches() >= 4);
            assertThat(collector.count())
                    .describedAs("a window of 4 batches of 10")
                    .isEqualTo(40);
            assertThat(store.backlog().entries()).isEqualTo(200);
            collector.silent(false);
            collector.acknowledge(store.epoch());
            drained(200);
            assertThat(uplink.isConnected()).isTrue();
        }
        assertThat(collector.duplicates()).isZero();
    }

    @Test
    @DisplayName("F17, F3: cuts and a broker that comes back empty lose nothing")
    void cutsAndRestart() throws Exception {
        try (MqttUplink uplink = uplink(Duration.ofSeconds(2), gatewayKeys)) {
            await().atMost(SOON).until(uplink::isConnected);
            proxy.cut();
            add(30, 200);
            await().atMost(SOON).until(() -> !uplink.isConnected());
            proxy.restore();
            drained(30);
            broker.stop();
            add(30, 200);
            await().atMost(SOON).until(() -> !uplink.isConnected());
            collector.drop();
            broker.start();
            collector.connect();
            drained(60);
        }
        assertThat(heard.codes()).containsSubsequence("LINK_UP", "LINK_DOWN", "LINK_UP");
    }

    @Test
    @DisplayName("F16: a half-open connection is found by the acknowledgement's deadline")
    void halfOpen() throws Exception {
        try (MqttUplink uplink = uplink(Duration.ofSeconds(1), gatewayKeys)) {
            await().atMost(SOON).until(uplink::isConnected);
            proxy.stall();
            add(5, 100);
            await().atMost(SOON).until(() -> heard.codes().contains("ACK_TIMEOUT"));
            proxy.restore();
            drained(5);
        }
    }

    @Test
    @DisplayName("F18: no packet is larger than the broker announced; what can never fit is named and kept")
    void maximumPacket() throws Exception {
        add(20, 4_000);
        store.append(OutboxKind.READINGS, Lane.LIVE, new byte[0]);
        byte[] large = new byte[70_000];
        new Random(1).nextBytes(large);
        store.append(OutboxKind.READINGS, Lane.LIVE, large);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> collector.count() == 21);
            await().atMost(SOON).until(() -> store.backlog().entries() == 1);
            assertThat(uplink.isConnected()).isTrue();
        }
        assertThat(collector.largest()).isLessThan(65_536);
        assertThat(heard.texts()).anyMatch(t -> t.startsWith("BROKER_REFUSED") && t.contains("70000 bytes"));
    }

    @Test
    @DisplayName(
            "R33, D15: the last will says offline when the link dies; retained state comes down, an order of meanwhile"
                    + " does not: the session ends with the link")
    void willAndSession() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        try (MqttUplink uplink = uplink()) {
            uplink.addListener(new DownlinkListener() {
                @Override
                public void received(String kind, byte[] payload) {
                    received.add(kind + " " + payload[0]);
                }

                @Override
                public void connected() {}
            });
            await().atMost(SOON).until(() -> isOnline(true));
            proxy.cut();
            await().atMost(SOON).until(() -> isOnline(false));
            collector.publish("orders", new byte[] {1}, false);
            collector.publish("table", new byte[] {2}, true);
            proxy.restore();
            await().atMost(SOON).until(() -> received.contains("table 2"));
            collector.publish("orders", new byte[] {3}, false);
            await().atMost(SOON).until(() -> received.contains("orders 3"));
            assertThat(received).doesNotContain("orders 1");
        } finally {
            collector.publish("table", new byte[0], true);
        }
    }

    private boolean isOnline(boolean wanted) {
        List<Status> statuses = collector.statuses();
        return !statuses.isEmpty() && statuses.get(statuses.size() - 1).online() == wanted;
    }

    @Test
    @DisplayName("S16: a certificate of another CA gets no link, and the event says that the broker refused it")
    void stranger() throws Exception {
        TestPki other = new TestPki(shared.resolve("other"), "Other CA");
        Path keys = other.issue(FakeCollector.GATEWAY, Duration.ofDays(90));
        try (MqttUplink uplink = uplink(Duration.ofSeconds(30), keys)) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(heard.texts()).anyMatch(t -> t.startsWith("TLS_REFUSED")));
            assertThat(uplink.isConnected()).isFalse();
        }
    }
}
