package org.telar.collector.platform;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.CollectorApplication;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The broker as a process of its own (role {@code broker}), killed hard. */
class BrokerKillTest {
    private static final int MESSAGES = 200;

    @Test
    @DisplayName("what the broker acknowledged survives kill −9 of its process, in its own role (fault 3)")
    void survives() throws Exception {
        Path folder = RunningCollector.folder("broker-kill");
        Pki pki = new Pki(folder.resolve("pki"));
        int port = freePort();
        String url = "ssl://localhost:" + port;
        Process broker = start(folder, pki, port);
        try {
            Set<String> received = ConcurrentHashMap.newKeySet();
            MqttAsyncClient collector = collector(url, pki, received);
            collector.disconnectForcibly(0, 500, false);
            collector.close(true);
            try (FakeEdge edge = new FakeEdge(url, pki, "gw-k", "gw-k")) {
                for (int i = 0; i < MESSAGES; i++) {
                    edge.publish(
                            "telar/v1/gw-k/up/readings", Integer.toString(i).getBytes());
                }
            }
            broker.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            broker = start(folder, pki, port);

            MqttAsyncClient again = collector(url, pki, received);

            await().atMost(Duration.ofSeconds(20)).until(() -> received.size() == MESSAGES);
            again.disconnectForcibly(0, 500, false);
            again.close(true);
            broker.destroy();
            assertThat(broker.waitFor(20, TimeUnit.SECONDS))
                    .as("a stop within 20 s")
                    .isTrue();
        } finally {
            broker.destroyForcibly();
        }
    }

    private static Process start(Path folder, Pki pki, int port) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx160m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CollectorApplication.class.getName()));
        command.addAll(RunningCollector.arguments(
                folder.resolve("data"), pki, "--telar.roles=broker", "--telar.mqtt.port=" + port));
        Path out = folder.resolve("broker.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .start();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(process.isAlive()).as(Files.readString(out)).isTrue();
            return listening(port);
        });
        return process;
    }

    private static boolean listening(int port) {
        try (java.net.Socket probe = new java.net.Socket("localhost", port)) {
            return probe.isConnected();
        } catch (java.io.IOException notYet) {
            return false;
        }
    }

    private static MqttAsyncClient collector(String url, Pki pki, Set<String> received) throws Exception {
        MqttAsyncClient client = new MqttAsyncClient(url, "collector-1", new MemoryPersistence());
        client.setCallback(new Receiver(received));
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3_600L);
        options.setSocketFactory(pki.context("collector").getSocketFactory());
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(MqttException.class)
                .until(() -> {
                    client.connect(options).waitForCompletion(5_000);
                    return true;
                });
        client.subscribe(Topics.COLLECTOR_SHARE, 1).waitForCompletion(5_000);
        return client;
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private record Receiver(Set<String> received) implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new String(message.getPayload()));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String uri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
