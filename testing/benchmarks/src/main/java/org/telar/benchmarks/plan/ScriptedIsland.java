package org.telar.benchmarks.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Order;
import org.telar.contract.Result;
import org.telar.contract.Topics;
import org.telar.harness.TestPki;

/**
 * A concentrator by script on the real broker: receipts at once, a few meters at a time in the order the orders came, an
 * answer after the time a meter takes, METER_SILENT after the wait that a mute one costs.
 */
final class ScriptedIsland implements AutoCloseable {
    private final String gateway;
    private final Duration answer;
    private final Duration wait;
    private final MqttAsyncClient client;
    private final ExecutorService meters;
    private final ExecutorService receipts = Executors.newSingleThreadExecutor();
    private final AtomicLong sequence = new AtomicLong();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /**
     * @param atOnce meters read at a time
     * @param answer what a meter takes
     * @param wait what a mute one costs
     */
    ScriptedIsland(String url, String gateway, TestPki pki, int atOnce, Duration answer, Duration wait)
            throws IOException, GeneralSecurityException, MqttException {
        this.gateway = gateway;
        this.answer = answer;
        this.wait = wait;
        this.meters = Executors.newFixedThreadPool(atOnce);
        this.client = new MqttAsyncClient(url, gateway, new MemoryPersistence());
        client.setCallback(new Receiver());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(true);
        options.setSocketFactory(context(pki.gateway(gateway)).getSocketFactory());
        client.connect(options).waitForCompletion(15_000);
        client.subscribe(Topics.down(gateway, "orders"), 1).waitForCompletion(15_000);
    }

    /** Every third meter or so never answers. */
    static boolean mute(String meter) {
        return Integer.parseInt(meter.substring(1)) % 10 < 3;
    }

    private void take(Order order) {
        try {
            receipts.execute(() -> publish(Topics.up(gateway, Topics.RECEIPTS), Contract.encodeReceipt(order.id())));
            if (seen.add(order.id())) {
                meters.execute(() -> execute(order));
            }
        } catch (RejectedExecutionException closing) {
            // The benchmark is over.
        }
    }

    private void execute(Order order) {
        String meter = order.meter().map(MeterId::number).orElse("");
        boolean mute = mute(meter);
        try {
            Thread.sleep((mute ? wait : answer).toMillis());
        } catch (InterruptedException closing) {
            return;
        }
        Result result = new Result.OrderResult(
                order.id(),
                meter,
                mute ? Result.State.FAIL : Result.State.EXE,
                mute ? Optional.of(Ko.METER_SILENT) : Optional.empty(),
                mute ? "meter" : "",
                "",
                0,
                Instant.ofEpochMilli(System.currentTimeMillis()));
        publish(
                Topics.up(gateway, OutboxKind.RESULT),
                Contract.encode(new Batch(
                        gateway,
                        1,
                        OutboxKind.RESULT,
                        List.of(new Batch.Entry(sequence.incrementAndGet(), Contract.encode(result))))));
    }

    private void publish(String topic, byte[] payload) {
        try {
            client.publish(topic, payload, 1, false);
        } catch (MqttException e) {
            System.err.println("  " + gateway + " could not send: " + e);
        }
    }

    private static SSLContext context(TestPki.Identity identity) throws IOException, GeneralSecurityException {
        char[] password = Files.readString(identity.passwordFile()).strip().toCharArray();
        KeyStore keys = KeyStore.getInstance(identity.keyStore().toFile(), password);
        KeyStore trust = KeyStore.getInstance(identity.trustStore().toFile(), password);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(trust);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }

    @Override
    public void close() {
        receipts.shutdownNow();
        meters.shutdownNow();
        try {
            client.disconnectForcibly(100, 500, false);
            client.close(true);
        } catch (MqttException gone) {
            // It ends with the process.
        }
    }

    private final class Receiver implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) throws ContractException {
            take(Contract.decodeOrder(message.getPayload()));
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
