package org.telar.collector.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Ack;
import org.telar.contract.Batch;
import org.telar.contract.Config;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Table;
import org.telar.contract.Topics;

/** An edge agent as the wire sees it, built on the contract and a real MQTT client. */
public final class FakeEdge implements AutoCloseable {
    private final String gateway;
    private final MqttAsyncClient client;
    private final List<Ack> acks = new CopyOnWriteArrayList<>();
    private final List<Order> orders = new CopyOnWriteArrayList<>();
    private final List<MqttMessage> raw = new CopyOnWriteArrayList<>();
    private final List<Config> configs = new CopyOnWriteArrayList<>();
    private final List<Table> tables = new CopyOnWriteArrayList<>();
    private volatile Consumer<Order> taker = order -> {};

    /** Certificate, client id and payloads all say the same name. */
    public FakeEdge(RunningCollector collector, String gateway) throws Exception {
        this(collector.mqttUrl(), collector.pki(), gateway, gateway);
        client.subscribe(Topics.down(gateway, "#"), 1).waitForCompletion(5_000);
    }

    /** @param certificate empty: none */
    public FakeEdge(String url, Pki pki, String certificate, String clientId) throws Exception {
        this.gateway = clientId;
        this.client = new MqttAsyncClient(url, clientId, new MemoryPersistence());
        client.setCallback(new Receiver());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(true);
        options.setConnectionTimeout(5);
        options.setSocketFactory(pki.context(certificate).getSocketFactory());
        try {
            client.connect(options).waitForCompletion(6_000);
        } catch (MqttException e) {
            client.close(true);
            throw e;
        }
    }

    public void readings(long epoch, Batch.Entry... entries) throws Exception {
        send(OutboxKind.READINGS, epoch, entries);
    }

    public void send(OutboxKind kind, long epoch, Batch.Entry... entries) throws Exception {
        publish(Topics.up(gateway, kind), Contract.encode(new Batch(gateway, epoch, kind, List.of(entries))));
    }

    public void receipt(String order) throws Exception {
        publish(Topics.up(gateway, Topics.RECEIPTS), Contract.encodeReceipt(order));
    }

    public void publish(String topic, byte[] payload) throws Exception {
        publish(topic, payload, false);
    }

    public void publish(String topic, byte[] payload, boolean retained) throws Exception {
        IMqttToken token = client.publish(topic, payload, 1, retained);
        token.waitForCompletion(5_000);
        int[] codes = token.getReasonCodes();
        if (codes != null && codes.length > 0 && codes[0] >= 0x80) {
            throw new MqttException(codes[0]);
        }
    }

    public IMqttToken subscribe(String filter) throws Exception {
        IMqttToken token = client.subscribe(filter, 1);
        token.waitForCompletion(5_000);
        return token;
    }

    public void unsubscribe(String filter) throws Exception {
        client.unsubscribe(filter).waitForCompletion(5_000);
    }

    public String gateway() {
        return gateway;
    }

    public boolean isConnected() {
        return client.isConnected();
    }

    public List<Ack> acks() {
        return List.copyOf(acks);
    }

    /** Highest contiguous sequence that was acknowledged for an epoch. */
    public long acknowledged(long epoch) {
        return acks.stream()
                .filter(a -> a.committed().epoch() == epoch)
                .mapToLong(a -> a.committed().highWater())
                .max()
                .orElse(0);
    }

    /** Called on the library's thread: must return at once. */
    public void onOrder(Consumer<Order> taker) {
        this.taker = taker;
    }

    public List<Order> orders() {
        return List.copyOf(orders);
    }

    public List<Config> configs() {
        return List.copyOf(configs);
    }

    public List<Table> tables() {
        return List.copyOf(tables);
    }

    /** Everything that came down, undecoded. */
    public List<MqttMessage> raw() {
        return new ArrayList<>(raw);
    }

    @Override
    public void close() throws Exception {
        try {
            client.disconnectForcibly(200, 1_000, true);
        } catch (MqttException gone) {
            // It was not connected any more.
        }
        client.close(true);
    }

    private final class Receiver implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) throws Exception {
            raw.add(message);
            if (topic.endsWith("/down/ack")) {
                acks.add(Contract.decodeAck(message.getPayload()));
            } else if (topic.endsWith("/down/config")) {
                configs.add(Contract.decodeConfig(message.getPayload()));
            } else if (topic.endsWith("/down/table")) {
                tables.add(Contract.decodeTable(message.getPayload()));
            } else if (topic.endsWith("/down/orders")) {
                Order order = Contract.decodeOrder(message.getPayload());
                orders.add(order);
                taker.accept(order);
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
