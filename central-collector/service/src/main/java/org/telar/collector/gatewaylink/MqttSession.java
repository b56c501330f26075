package org.telar.collector.gatewaylink;

import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.telar.contract.Topics;

/**
 * One connection to the broker, from connect to loss; a new one is a new object. Acknowledgements are manual: a
 * delivery is over when ingest has committed it. Publishing is never done on the library's callback thread.
 */
final class MqttSession implements AutoCloseable {
    private static final long DEADLINE_MS = 15_000;

    private final MqttAsyncClient client;

    /** @param done tells the broker that the delivery is over; harmless after the connection was lost */
    record Arrived(String topic, byte[] payload, Runnable done) {}

    private MqttSession(MqttAsyncClient client) {
        this.client = client;
    }

    /**
     * Connects and subscribes.
     *
     * @param inFlight deliveries that the broker may have open (Receive Maximum)
     * @param arrived called on the library's thread: must return at once
     * @param lost called once when the connection ended
     */
    static MqttSession open(
            String url,
            String clientId,
            SSLContext tls,
            int inFlight,
            int maximumPacket,
            Consumer<Arrived> arrived,
            Runnable lost)
            throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient(url, clientId, new MemoryPersistence());
        client.setManualAcks(true);
        client.setCallback(new Callback(client, arrived, lost));
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(false);
        options.setSessionExpiryInterval(86_400L);
        options.setReceiveMaximum(inFlight);
        options.setMaximumPacketSize((long) maximumPacket);
        options.setKeepAliveInterval(30);
        options.setConnectionTimeout(10);
        if (url.startsWith("ssl:")) {
            options.setSocketFactory(tls.getSocketFactory());
        }
        try {
            IMqttToken connected = client.connect(options);
            connected.waitForCompletion(DEADLINE_MS);
            // A resumed session has its subscription and deliveries open. Artemis numbers those anew when it is asked
            // again, and then takes their acknowledgements for doubles: they would hold the window for ever.
            if (!connected.getSessionPresent()) {
                client.subscribe(new MqttSubscription(Topics.COLLECTOR_SHARE, 1))
                        .waitForCompletion(DEADLINE_MS);
            }
        } catch (MqttException e) {
            close(client);
            throw e;
        }
        return new MqttSession(client);
    }

    /** Publishes with QoS 1 and waits until the broker has it. */
    void publish(String topic, byte[] payload, boolean retained, long expirySeconds) throws MqttException {
        send(topic, payload, retained, expirySeconds).waitForCompletion(DEADLINE_MS);
    }

    /** Publishes with QoS 1 without waiting. */
    IMqttToken send(String topic, byte[] payload, boolean retained, long expirySeconds) throws MqttException {
        MqttMessage message = new MqttMessage(payload, 1, retained, new MqttProperties());
        if (expirySeconds > 0) {
            message.getProperties().setMessageExpiryInterval(expirySeconds);
        }
        return client.publish(topic, message);
    }

    boolean isConnected() {
        return client.isConnected();
    }

    @Override
    public void close() {
        close(client);
    }

    private static void close(MqttAsyncClient client) {
        try {
            if (client.isConnected()) {
                client.disconnect(1_000).waitForCompletion(2_000);
            }
        } catch (MqttException tryHarder) {
            // The forced end below needs no answer.
        }
        try {
            client.disconnectForcibly(0, 500, false);
        } catch (MqttException gone) {
            // Not connected any more: that is what was wanted.
        }
        try {
            client.close(true);
        } catch (MqttException gone) {
            // Its threads end with the connection.
        }
    }

    private record Callback(MqttAsyncClient client, Consumer<Arrived> arrived, Runnable lost) implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            int id = message.getId();
            int qos = message.getQos();
            arrived.accept(new Arrived(topic, message.getPayload(), () -> acknowledge(id, qos)));
        }

        private void acknowledge(int id, int qos) {
            try {
                if (client.isConnected()) {
                    client.messageArrivedComplete(id, qos);
                }
            } catch (MqttException connectionLost) {
                // The broker delivers it again; ingest knows it by its sequence.
            }
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            lost.run();
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            lost.run();
        }

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String uri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
