package org.telar.uplink.mqtt.internal;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.store.sqlite.internal.SqliteStore;
import org.telar.store.sqlite.internal.StoreSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** F18: every no of a broker becomes one event with its reason, and nothing is lost by it. */
@Timeout(60)
class RefusalTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private RefusingBroker broker;
    private SqliteStore store;

    @BeforeEach
    void start() throws Exception {
        broker = new RefusingBroker();
        store = new SqliteStore(StoreSettings.in(folder), Clock.systemUTC(), heard);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        broker.close();
    }

    private MqttUplink uplink() {
        UplinkSettings settings = new UplinkSettings(
                URI.create("tcp://127.0.0.1:" + broker.port()),
                "gw-0001",
                Optional.empty(),
                "0.1.0",
                UplinkSettings.Limits.DEFAULT,
                new UplinkSettings.Times(
                        Duration.ofSeconds(240),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(50)));
        MqttUplink uplink = new MqttUplink(settings, store, (c, h) -> {}, heard, Clock.systemUTC());
        uplink.start();
        return uplink;
    }

    private void add(int entries, int bytes) throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < entries; i++) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            store.append(OutboxKind.READINGS, Lane.LIVE, payload);
        }
    }

    @ParameterizedTest
    @CsvSource({"0x87,not authorised", "0x89,server busy", "0x85,client identifier not valid", "0x97,quota exceeded"})
    @DisplayName("F18: a refused connection is one BROKER_REFUSED with its reason, however often it is tried")
    void connect(String code, String words) throws Exception {
        broker.connectReason = Integer.decode(code);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> broker.connects() > 3);
            assertThat(uplink.isConnected()).isFalse();
            assertThat(heard.codes()).containsExactly("BROKER_REFUSED");
            assertThat(heard.texts().get(0)).contains(words, "reason=" + code);
            broker.connectReason = 0;
            await().atMost(SOON).until(uplink::isConnected);
        }
    }

    @Test
    @DisplayName("F18, S17: a refused subscription is no link: acknowledgements could not come")
    void subscribe() throws Exception {
        broker.subscribeReason = 0x87;
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> broker.connects() > 2);
            assertThat(uplink.isConnected()).isFalse();
            assertThat(heard.texts().get(0)).contains("BROKER_REFUSED", "subscribe telar/v1/gw-0001/down/#");
        }
    }

    @ParameterizedTest
    @CsvSource({"0x97", "0x99", "0x87"})
    @DisplayName("F18: a refused publish is named, kept, and tried again on the same link")
    void publish(String code) throws Exception {
        broker.publishReason = Integer.decode(code);
        add(3, 50);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> broker.publishes() > 2);
            assertThat(uplink.isConnected()).isTrue();
            assertThat(broker.connects()).isEqualTo(1);
        }
        assertThat(heard.codes()).containsOnlyOnce("BROKER_REFUSED");
        assertThat(store.backlog().entries()).isGreaterThanOrEqualTo(3);
    }

    @Test
    @DisplayName("F18: a broker that cuts what it finds too large, without having said how large, gets smaller batches")
    void learnsTheSize() throws Exception {
        broker.largestSilently = 9_000;
        add(60, 1_000);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> broker.publishes() >= 7);
            assertThat(heard.texts()).anyMatch(t -> t.startsWith("BROKER_REFUSED") && t.contains("0x95"));
        }
    }

    @Test
    @DisplayName("The broker's Receive Maximum is respected below our own window")
    void receiveMaximum() throws Exception {
        broker.receiveMaximum = 3;
        broker.answersPublishes = false;
        add(1_000, 20);
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> broker.publishes() == 3);
            assertThat(uplink.isConnected()).isTrue();
            add(200, 20);
            await().during(Duration.ofMillis(300)).atMost(SOON).until(() -> broker.publishes() == 3);
            assertThat(broker.mostWaiting()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName(
            "A broker with which the client library could publish nothing (Receive Maximum 32768 and more) is named")
    void impossibleReceiveMaximum() throws Exception {
        broker.receiveMaximum = 40_000;
        try (MqttUplink uplink = uplink()) {
            await().atMost(SOON).until(() -> heard.codes().contains("BROKER_REFUSED"));
            assertThat(heard.texts().get(0)).contains("40000", "32767");
            assertThat(uplink.isConnected()).isFalse();
        }
    }
}
