package org.telar.uplink.mqtt.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
import org.telar.contract.Status;
import org.telar.contract.Topics;

/** Takes batches as the collector would: remembers every entry, and acknowledges what it has. */
final class FakeCollector implements AutoCloseable, MqttCallback {
    static final String GATEWAY = "gw-0001";

    private final int port;
    private final Tls tls;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Map<Long, TreeMap<Long, byte[]>> committed = new ConcurrentHashMap<>();
    private final List<Status> statuses = new CopyOnWriteArrayList<>();
    private final List<String> transients = new CopyOnWriteArrayList<>();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final AtomicInteger largest = new AtomicInteger();
    private volatile boolean silent;
    private MqttAsyncClient client;

    FakeCollector(int port, Tls tls) throws MqttException {
        this.port = port;
        this.tls = tls;
        connect();
    }

    void connect() throws MqttException {
        client = new MqttAsyncClient("ssl://localhost:" + port, "collector", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(tls.sockets());
        options.setCleanStart(true);
        client.setCallback(this);
        client.connect(options).waitForCompletion(10_000);
        client.subscribe("telar/v1/+/up/#", 1).waitForCompletion(10_000);
    }

    /** The broker is gone: forget the client, however far it got. */
    void drop() throws MqttException {
        try {
            client.disconnectForcibly(0, 1, false);
        } catch (MqttException gone) {
            // it is what this is about
        }
        client.close(true);
    }

    /** Commits, but acknowledges nothing. */
    void silent(boolean yes) {
        silent = yes;
    }

    int batches() {
        return batches.get();
    }

    int duplicates() {
        return duplicates.get();
    }

    int largest() {
        return largest.get();
    }

    List<Status> statuses() {
        return statuses;
    }

    List<String> transients() {
        return transients;
    }

    int count() {
        return committed.values().stream().mapToInt(TreeMap::size).sum();
    }

    void publish(String what, byte[] payload, boolean retained) throws MqttException {
        client.publish(Topics.down(GATEWAY, what), payload, 1, retained).waitForCompletion(10_000);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        thread.execute(() -> take(topic, message.getPayload()));
    }

    private void take(String topic, byte[] payload) {
        try {
            String what = Topics.upward(topic).orElseThrow().what();
            if (what.equals("status")) {
                statuses.add(Contract.decodeStatus(payload));
                return;
            }
            largest.accumulateAndGet(payload.length, Math::max);
            Batch batch = Contract.decodeBatch(payload);
            batches.incrementAndGet();
            TreeMap<Long, byte[]> known = committed.computeIfAbsent(batch.epoch(), e -> new TreeMap<>());
            for (Batch.Entry e : batch.entries()) {
                duplicates.addAndGet(known.put(e.sequence(), e.payload()) == null ? 0 : 1);
            }
            if (!silent) {
                acknowledge(batch.epoch());
            }
        } catch (ContractException notABatch) {
            transients.add(topic + " " + payload.length);
        }
    }

    void acknowledge(long epoch) {
        Ack ack = new Ack(covered(epoch, committed.get(epoch)), Instant.parse("2026-11-20T10:00:00Z"));
        try {
            client.publish(Topics.down(GATEWAY, "ack"), Contract.encode(ack), 1, false);
        } catch (MqttException broken) {
            // the edge sends again
        }
    }

    private static Acknowledgement covered(long epoch, TreeMap<Long, byte[]> known) {
        long high = 0;
        List<Acknowledgement.Range> beyond = new ArrayList<>();
        long first = 0;
        long last = 0;
        for (long s : known.keySet()) {
            if (s == high + 1) {
                high = s;
            } else if (last != 0 && s == last + 1) {
                last = s;
            } else {
                if (last != 0) {
                    beyond.add(new Acknowledgement.Range(first, last));
                }
                first = s;
                last = s;
            }
        }
        if (last != 0) {
            beyond.add(new Acknowledgement.Range(first, last));
        }
        return new Acknowledgement(epoch, high, beyond);
    }

    @Override
    public void close() throws Exception {
        drop();
        thread.shutdownNow();
        thread.awaitTermination(5, TimeUnit.SECONDS);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
