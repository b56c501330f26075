package org.telar.benchmarks.uplink;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.telar.api.store.Acknowledgement;
import org.telar.contract.Ack;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Topics;
import org.telar.harness.HarnessException;
import org.telar.harness.TestPki;

/** A broker with mutual TLS 1.3 and a centre that acknowledges what comes, without a database. */
final class Post implements AutoCloseable {
    private static final long DEADLINE_MS = 20_000;

    private final EmbeddedActiveMQ broker;
    private final ExecutorService answers = Executors.newSingleThreadExecutor();
    private final MqttAsyncClient centre;

    Post(Path folder, TestPki pki, int port) throws HarnessException {
        try {
            TestPki.Identity own = pki.server("broker");
            String password = Files.readString(own.passwordFile()).strip();
            Configuration c = new ConfigurationImpl()
                    .setPersistenceEnabled(false)
                    .setSecurityEnabled(false)
                    .setJMXManagementEnabled(false);
            c.setBrokerInstance(folder.toFile());
            c.addAcceptorConfiguration(
                    "mqtt",
                    "tcp://127.0.0.1:" + port + "?protocols=MQTT;sslEnabled=true;needClientAuth=true"
                            + ";enabledProtocols=TLSv1.3;keyStoreType=PKCS12;trustStoreType=PKCS12;keyStorePath="
                            + own.keyStore() + ";keyStorePassword=" + password + ";trustStorePath=" + own.trustStore()
                            + ";trustStorePassword=" + password);
            broker = new EmbeddedActiveMQ();
            broker.setConfiguration(c);
            broker.start();
            centre = client("centre", port, pki.server("centre"));
            centre.setCallback(new Answering());
            centre.subscribe("telar/v1/+/up/#", 1).waitForCompletion(DEADLINE_MS);
        } catch (Exception e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "the broker did not start: " + e, e);
        }
    }

    static MqttAsyncClient client(String name, int port, TestPki.Identity identity)
            throws MqttException, IOException, GeneralSecurityException {
        MqttAsyncClient client = new MqttAsyncClient("ssl://localhost:" + port, name, new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(context(identity).getSocketFactory());
        options.setAutomaticReconnect(false);
        client.connect(options).waitForCompletion(DEADLINE_MS);
        return client;
    }

    private static SSLContext context(TestPki.Identity identity) throws IOException, GeneralSecurityException {
        char[] password = Files.readString(identity.passwordFile()).strip().toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(identity.keyStore(), password), password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store(identity.trustStore(), password));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore store(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    @Override
    public void close() {
        answers.shutdownNow();
        try {
            centre.disconnectForcibly(0, 100, false);
            centre.close(true);
            broker.stop();
        } catch (Exception over) {
            // The process ends with the benchmark.
        }
    }

    private final class Answering implements MqttCallback {
        private final NavigableSet<Long> committed = new TreeSet<>();

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            if (topic.endsWith("/up/readings")) {
                byte[] payload = message.getPayload();
                answers.execute(() -> answer(payload));
            }
        }

        private void answer(byte[] payload) {
            try {
                Batch batch = Contract.decodeBatch(payload);
                batch.entries().forEach(e -> committed.add(e.sequence()));
                long high = 0;
                while (committed.contains(high + 1)) {
                    high++;
                }
                Ack ack =
                        new Ack(new Acknowledgement(batch.epoch(), high, java.util.List.of()), java.time.Instant.EPOCH);
                centre.publish(Topics.down(batch.gateway(), "ack"), Contract.encode(ack), 1, false);
            } catch (ContractException | MqttException e) {
                throw new UncheckedIOException(new IOException(e));
            }
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
