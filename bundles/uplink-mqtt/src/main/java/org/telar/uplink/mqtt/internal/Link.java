package org.telar.uplink.mqtt.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;

import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, made once and thrown away. Everything known about Paho v5 is in here: memory persistence, no
 * reconnect of its own, never a call into it from its callbacks, and a deadline on each call. Used by the uplink's
 * thread; callbacks only hand signals over.
 *
 * <p>The session is a clean one: what goes up is kept by our outbox, state comes down retained with each subscription,
 * and an order that waited in a broker's session would be a late one (D15).
 */
final class Link implements MqttCallback {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    /** Largest packet taken from the centre. Paho applies it to what we send, too, so it is above every batch. */
    static final long LARGEST = 5L << 20;

    private static final int MQTT_DEFAULT_RECEIVE_MAXIMUM = 65_535;

    private final long number;
    private final MqttAsyncClient client;
    private final Duration deadline;
    private final Consumer<Signal> signals;
    private volatile boolean closed;
    private long maximumPacket = LARGEST;
    private final AtomicInteger unanswered = new AtomicInteger();
    private int receiveMaximum = MQTT_DEFAULT_RECEIVE_MAXIMUM;

    Link(long number, UplinkSettings settings, Consumer<Signal> signals) throws LinkException {
        this.number = number;
        this.deadline = settings.times().connect();
        this.signals = signals;
        try {
            String scheme = settings.tls().isPresent() ? "ssl" : "tcp";
            String uri = scheme + "://" + settings.server().getHost() + ":"
                    + settings.server().getPort();
            client = new MqttAsyncClient(uri, settings.gateway(), new MemoryPersistence());
            client.setCallback(this);
        } catch (MqttException e) {
            throw new LinkException(Reason.of(e, "set-up"), e);
        }
    }

    /** Connects and subscribes. The will says offline. */
    void open(UplinkSettings settings, Optional<SSLSocketFactory> sockets, Will will, String filter)
            throws LinkException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setSessionExpiryInterval(0L);
        options.setAutomaticReconnect(false);
        options.setKeepAliveInterval((int) settings.times().keepAlive().toSeconds());
        options.setConnectionTimeout((int) Math.max(1, deadline.toSeconds()));
        options.setMaximumPacketSize(LARGEST);
        options.setHttpsHostnameVerificationEnabled(true);
        sockets.ifPresent(options::setSocketFactory);
        MqttMessage last = new MqttMessage(will.payload());
        last.setQos(1);
        last.setRetained(true);
        options.setWill(will.topic(), last);
        IMqttToken connected = await("connect", () -> client.connect(options));
        MqttProperties granted = connected.getResponseProperties();
        if (granted != null && granted.getMaximumPacketSize() != null) {
            maximumPacket = Math.min(LARGEST, granted.getMaximumPacketSize());
        }
        if (granted != null && granted.getReceiveMaximum() != null) {
            receiveMaximum = granted.getReceiveMaximum();
        }
        if (receiveMaximum <= 0) {
            // Paho reads it as a signed number and can publish nothing afterwards.
            throw new LinkException(new Reason(
                    Reason.REFUSED,
                    "the broker announces a Receive Maximum of " + (receiveMaximum & 0xFFFF)
                            + ", and the client library works up to 32767: lower it in the broker",
                    0));
        }
        IMqttToken subscribed = await("subscribe", () -> client.subscribe(filter, 1));
        check(subscribed, "subscribe " + filter);
    }

    /** Topic and payload of the last will. */
    record Will(String topic, byte[] payload) {}

    private interface Call {
        IMqttToken make() throws MqttException;
    }

    private IMqttToken await(String what, Call call) throws LinkException {
        try {
            IMqttToken token = call.make();
            token.waitForCompletion(deadline.toMillis());
            return token;
        } catch (MqttException e) {
            throw new LinkException(Reason.of(e, what), e);
        }
    }

    private static void check(IMqttToken token, String what) throws LinkException {
        for (int code : codes(token)) {
            if (Reason.isRefusal(code)) {
                throw new LinkException(Reason.refused(code, what));
            }
        }
    }

    private static int[] codes(IMqttToken token) {
        int[] codes = token.getReasonCodes();
        return codes == null ? new int[0] : codes;
    }

    long number() {
        return number;
    }

    /** Largest packet that the broker takes, bytes. */
    long maximumPacket() {
        return maximumPacket;
    }

    /** False while the broker has to answer first: its Receive Maximum is reached. */
    boolean hasRoom() {
        return unanswered.get() < receiveMaximum;
    }

    /** Hands a batch over with QoS 1; the broker's answer comes as {@link Signal.Answered}. */
    void publish(String topic, byte[] payload, long batch) throws LinkException {
        send(topic, payload, false, code -> signals.accept(new Signal.Answered(number, batch, code)));
    }

    /** Hands something over with QoS 1 whose fate nobody follows. */
    void publishUnfollowed(String topic, byte[] payload, boolean retained) throws LinkException {
        send(topic, payload, retained, code -> {
            signals.accept(new Signal.Answered(number, 0, 0));
            if (Reason.isRefusal(code)) {
                LOG.warn("{}: {}", topic, Reason.refused(code, "publish").text());
            }
        });
    }

    private void send(String topic, byte[] payload, boolean retained, Consumer<Integer> answer) throws LinkException {
        MqttMessage message = new MqttMessage(payload);
        message.setQos(1);
        message.setRetained(retained);
        unanswered.incrementAndGet();
        try {
            client.publish(topic, message, null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    unanswered.decrementAndGet();
                    int[] codes = codes(token);
                    answer.accept(codes.length == 0 ? 0 : codes[0]);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable why) {
                    unanswered.decrementAndGet();
                    if (!closed && why instanceof MqttException m && Reason.isRefusal(m.getReasonCode())) {
                        answer.accept(m.getReasonCode());
                    }
                }
            });
        } catch (MqttException e) {
            throw new LinkException(Reason.of(e, "publish"), e);
        }
    }

    /** Says good-bye with a last retained message, so that the will is not needed. */
    void closeInOrder(Will last) {
        closed = true;
        within(deadline, () -> {
            MqttMessage message = new MqttMessage(last.payload());
            message.setQos(1);
            message.setRetained(true);
            client.publish(last.topic(), message).waitForCompletion(2_000);
            client.disconnect(0).waitForCompletion(2_000);
        });
    }

    /** Drops the connection, whatever state it is in; bounded in time. */
    void close() {
        closed = true;
        within(Duration.ofSeconds(5), () -> client.disconnectForcibly(0, 1, false));
        within(Duration.ofSeconds(5), () -> client.close(true));
    }

    private interface Step {
        void run() throws MqttException;
    }

    /** On a thread that may be left behind: a paused peer must not hold up the uplink. */
    private void within(Duration limit, Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread t = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (MqttException | RuntimeException e) {
                        LOG.debug("closing link {}: {}", number, e.toString());
                    }
                    done.complete(null);
                },
                "telar-uplink-close");
        t.setDaemon(true);
        t.start();
        try {
            done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("link {} did not close within {}; its thread is left to end by itself", number, limit);
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        if (closed) {
            return;
        }
        int code = response.getReturnCode();
        Reason reason = Reason.isRefusal(code)
                ? Reason.refused(code, "disconnect")
                : response.getException() == null
                        ? new Reason("LINK_DOWN", "the connection ended", 0)
                        : Reason.of(response.getException(), "connection lost");
        signals.accept(new Signal.Lost(number, reason));
    }

    @Override
    public void mqttErrorOccurred(MqttException e) {
        if (!closed) {
            LOG.debug("link {}: {}", number, e.toString());
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        signals.accept(new Signal.Arrived(number, topic, message.getPayload()));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // answered through the publish's own listener
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // awaited where it was asked for
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // no extended authentication
    }
}
