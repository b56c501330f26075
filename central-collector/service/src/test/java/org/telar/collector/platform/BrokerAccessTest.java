package org.telar.collector.platform;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Who may do what at the broker: certificates, and nothing but certificates. */
class BrokerAccessTest {
    private static final byte[] BYTES = "x".getBytes(StandardCharsets.UTF_8);

    @Test
    @DisplayName("a second gateway can neither send in the first one's name nor listen to what goes down to it (S17)")
    void anotherGateway() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        try (FakeEdge victim = new FakeEdge(collector, "acl-1");
                FakeEdge thief = new FakeEdge(collector.mqttUrl(), collector.pki(), "acl-2", "acl-2")) {
            assertThatThrownBy(() -> thief.publish("telar/v1/acl-1/up/status", BYTES))
                    .isInstanceOf(MqttException.class);
            for (String filter : new String[] {
                "telar/v1/acl-1/down/#",
                "telar/v1/+/down/#",
                "telar/v1/#",
                "#",
                "telar/v1/acl-2/up/#",
                "$share/collector/telar/v1/+/up/#",
                "$share/acl-1/telar/v1/acl-1/down/#"
            }) {
                assertRefused(collector, filter);
            }
            try (FakeEdge vandal = new FakeEdge(collector.mqttUrl(), collector.pki(), "acl-2", "acl-2")) {
                vandal.unsubscribe("$share/collector/telar/v1/+/up/#");
            } catch (MqttException disconnected) {
                assertThat(disconnected).isNotNull();
            }
            collector.fleet("acl-1", "acl1-meter");
            Instant end = Instant.parse("2026-06-10T04:15:00Z");
            victim.readings(1, Polls.entry(1, Polls.poll("acl1-meter", "", end, Polls.block(end, 1, i -> i))));
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(victim.acknowledged(1))
                    .as("the collector's own subscription after all this")
                    .isEqualTo(1));
            assertThatThrownBy(() -> victim.publish("telar/v1/acl-1/down/orders", BYTES))
                    .as("a gateway sends nothing downwards, not even to itself")
                    .isInstanceOf(MqttException.class);
        }
    }

    /** Each on a fresh connection: the broker may end one that asks for what it may not have. */
    private static void assertRefused(RunningCollector collector, String filter) throws Exception {
        try (FakeEdge thief = new FakeEdge(collector.mqttUrl(), collector.pki(), "acl-2", "acl-2")) {
            boolean granted;
            try {
                int[] codes = thief.subscribe(filter).getGrantedQos();
                granted = codes != null && codes.length > 0 && codes[0] <= 2;
            } catch (MqttException refused) {
                granted = false;
            }
            assertThat(granted).as("subscription to " + filter).isFalse();
        }
    }

    @Test
    @DisplayName("no certificate, another authority's, or another's client id: no connection (S16, S18)")
    void strangers() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        String url = collector.mqttUrl();
        Pki other = new Pki(RunningCollector.folder("other-pki"));
        assertThatThrownBy(() -> new FakeEdge(url, collector.pki(), "", "acl-3"))
                .isInstanceOf(MqttException.class);
        assertThatThrownBy(() -> new FakeEdge(url, other, "acl-3", "acl-3")).isInstanceOf(MqttException.class);
        assertThatThrownBy(() -> new FakeEdge(url, collector.pki(), "acl-3", "acl-4"))
                .as("certificate acl-3 taking the session of acl-4")
                .isInstanceOf(MqttException.class);
        assertThatThrownBy(() -> new FakeEdge(url, collector.pki(), "acl-3", "collector-1"))
                .as("a gateway taking the collector's session")
                .isInstanceOf(MqttException.class);
    }

    @Test
    @DisplayName("names and passwords open nothing, not even the broker's own well-known account (S01, S18)")
    void passwords() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        MqttAsyncClient client = new MqttAsyncClient(collector.mqttUrl(), "acl-6", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(collector.pki().context("acl-5").getSocketFactory());
        options.setUserName("ACTIVEMQ.CLUSTER.ADMIN.USER");
        options.setPassword("CHANGE ME!!".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> client.connect(options).waitForCompletion(5_000))
                .isInstanceOf(MqttException.class);
        client.close(true);
    }

    @Test
    @DisplayName("TLS 1.2 is refused at the broker (S16)")
    void oldTls() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        SSLSocketFactory factory = collector.pki().context("acl-7").getSocketFactory();
        int port = collector.bean(Broker.class).mqttPort();
        try (SSLSocket socket = (SSLSocket) factory.createSocket("localhost", port)) {
            socket.setSoTimeout(5_000);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
    }

    @Test
    @DisplayName("a packet above the limit ends its connection, and the broker goes on (S14, fault 18)")
    void oversize() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        try (FakeEdge edge = new FakeEdge(collector, "acl-8");
                FakeEdge other = new FakeEdge(collector, "acl-9")) {
            assertThatThrownBy(() -> edge.publish("telar/v1/acl-8/up/readings", new byte[5 << 20]))
                    .isInstanceOf(MqttException.class);
            await().atMost(Duration.ofSeconds(5)).until(() -> !edge.isConnected());
            assertThat(other.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("a gateway id with dots is no way around the topic list (S17)")
    void dots() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        try (FakeEdge dotted = new FakeEdge(collector.mqttUrl(), collector.pki(), "acl.10", "acl.10")) {
            dotted.subscribe("telar/v1/acl.10/down/#");
            dotted.publish("telar/v1/acl.10/up/events", BYTES);
            assertThatThrownBy(() -> dotted.publish("telar/v1/acl/10/up/events", BYTES))
                    .isInstanceOf(MqttException.class);
        }
    }
}
