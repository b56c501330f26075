package org.telar.collector.gatewaylink;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.telar.api.store.OutboxKind;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.ingest.IngestWorker;
import org.telar.contract.Agenda;
import org.telar.contract.Batch;
import org.telar.contract.Config;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Order;
import org.telar.contract.Status;
import org.telar.contract.Table;
import org.telar.contract.Topics;

/**
 * Keeps the connection to the broker, a fresh one after every loss, and sorts what comes up. What cannot be read, or
 * speaks for another gateway than its topic (S17), is quarantined with its reason, acknowledged and counted (R13 of
 * reliability).
 */
public final class GatewayLink implements Downlink, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayLink.class);
    private static final Pattern GATEWAY = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration SETTLED = Duration.ofSeconds(60);

    private final Endpoint endpoint;
    private final IngestService ingest;
    private final IngestWorker worker;
    private final Acknowledger acknowledger;
    private final List<GatewayListener> listeners;
    private final ExecutorService side;
    private final Object change = new Object();
    private volatile boolean running;
    private volatile MqttSession session;
    private volatile boolean leftWithBroker;
    private Thread keeper;

    /**
     * Where the broker is and who we are there.
     *
     * @param url {@code ssl://host:port}
     * @param inFlight deliveries open at a time
     */
    public record Endpoint(String url, String clientId, SSLContext tls, int inFlight, int maximumPacketBytes) {}

    /** @param beforeAcknowledge see {@link IngestWorker} */
    public GatewayLink(
            Endpoint endpoint,
            IngestService ingest,
            Clock clock,
            List<GatewayListener> listeners,
            Runnable beforeAcknowledge) {
        this.endpoint = endpoint;
        this.ingest = ingest;
        this.listeners = List.copyOf(listeners);
        this.acknowledger =
                new Acknowledger((topic, payload, expiry) -> connected().send(topic, payload, false, expiry), clock);
        this.worker = new IngestWorker(ingest, acknowledger::committed, beforeAcknowledge, endpoint.inFlight() * 2);
        this.side = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(endpoint.inFlight() * 2), r -> {
                    Thread t = new Thread(r, "gateway-side");
                    t.setDaemon(true);
                    return t;
                });
    }

    @Override
    public void order(String gateway, Order order, Duration left) throws LinkDownException {
        long seconds = Math.max(1, left.toSeconds());
        publish(Topics.down(gateway, "orders"), Contract.encode(order), false, seconds);
    }

    @Override
    public void agenda(String gateway, Agenda agenda) throws LinkDownException {
        publish(Topics.down(gateway, "activities"), Contract.encode(agenda), true, 0);
    }

    @Override
    public void table(String gateway, Table table) throws LinkDownException {
        publish(Topics.down(gateway, "table"), Contract.encode(table), true, 0);
    }

    @Override
    public void config(String gateway, Config config) throws LinkDownException {
        publish(Topics.down(gateway, "config"), Contract.encode(config), true, 0);
    }

    @Override
    public boolean isConnected() {
        MqttSession s = session;
        return s != null && s.isConnected();
    }

    /** Deliveries waiting for ingest. */
    public int waiting() {
        return worker.waiting();
    }

    private void publish(String topic, byte[] payload, boolean retained, long expiry) throws LinkDownException {
        try {
            connected().publish(topic, payload, retained, expiry);
        } catch (MqttException e) {
            throw new LinkDownException("the broker did not take a message for " + topic + ": " + e.getMessage(), e);
        }
    }

    private MqttSession connected() throws MqttException {
        MqttSession s = session;
        if (s == null) {
            throw new MqttException(MqttClientException.REASON_CODE_CLIENT_NOT_CONNECTED);
        }
        return s;
    }

    private void arrived(MqttSession.Arrived message) {
        Optional<Topics.Upward> topic = Topics.upward(message.topic())
                .filter(t -> GATEWAY.matcher(t.gateway()).matches());
        if (topic.isEmpty()) {
            quarantine(message, "", "the topic is none of the contract's");
            return;
        }
        String gateway = topic.get().gateway();
        try {
            switch (topic.get().what()) {
                case "readings" -> batch(message, gateway, OutboxKind.READINGS);
                case "events" -> batch(message, gateway, OutboxKind.EVENT);
                case "results" -> batch(message, gateway, OutboxKind.RESULT);
                case Topics.RECEIPTS -> {
                    String order = Contract.decodeReceipt(message.payload());
                    aside(message, () -> listeners.forEach(l -> l.receipt(gateway, order)));
                }
                case "status" -> {
                    Status status = Contract.decodeStatus(message.payload());
                    aside(message, () -> {
                        listeners.forEach(l -> l.status(gateway, status));
                        if (status.online()) {
                            acknowledger.committed(ingest.marks(gateway, status.opening()));
                        }
                    });
                }
                default ->
                    throw new ContractException(
                            "no such topic in the contract: " + topic.get().what());
            }
        } catch (ContractException poison) {
            quarantine(message, gateway, poison.getMessage());
        }
    }

    private void batch(MqttSession.Arrived message, String gateway, OutboxKind kind) throws ContractException {
        Batch batch = Contract.decodeBatch(message.payload());
        if (!batch.gateway().equals(gateway)) {
            throw new ContractException("topic of " + gateway + ", payload of " + batch.gateway());
        }
        if (batch.kind() != kind) {
            throw new ContractException("topic of " + kind + ", payload of " + batch.kind());
        }
        if (!worker.offer(new IngestWorker.Delivery(batch, message.payload().length, message.done()))) {
            leave(message, "too many wait");
        }
    }

    private void quarantine(MqttSession.Arrived message, String gateway, String reason) {
        aside(message, () -> ingest.quarantineMessage(message.topic(), gateway, reason, message.payload()));
    }

    /** Work that touches the database, off the library's thread; the delivery is over when it is done. */
    private void aside(MqttSession.Arrived message, Runnable work) {
        try {
            side.execute(() -> {
                try {
                    work.run();
                    message.done().run();
                } catch (RuntimeException e) {
                    leave(message, e.toString());
                }
            });
        } catch (RejectedExecutionException full) {
            leave(message, "too many wait");
        }
    }

    /**
     * The broker keeps a delivery that is not acknowledged, and gives it again to a new session only. Until then it
     * takes a place of the window: a session with such ones is ended, or it would fall silent for good.
     */
    private void leave(MqttSession.Arrived message, String why) {
        if (!leftWithBroker && running) {
            LOG.warn(
                    "A message on {} could not be handled and stays with the broker, which is asked for it again: {}",
                    message.topic(),
                    why);
        }
        leftWithBroker = true;
        lost();
    }

    private void keep() {
        int failures = 0;
        while (running) {
            try {
                leftWithBroker = false;
                MqttSession s = MqttSession.open(
                        endpoint.url(),
                        endpoint.clientId(),
                        endpoint.tls(),
                        endpoint.inFlight(),
                        endpoint.maximumPacketBytes(),
                        this::arrived,
                        this::lost);
                session = s;
                LOG.info("Connected to the broker at {} as {}", endpoint.url(), endpoint.clientId());
                long since = System.nanoTime();
                awaitLoss(s);
                session = null;
                s.close();
                failures = leftWithBroker && System.nanoTime() - since < SETTLED.toNanos() ? failures + 1 : 0;
                if (leftWithBroker) {
                    pause(failures);
                }
            } catch (MqttException e) {
                LOG.warn("The broker at {} cannot be reached ({}); trying again", endpoint.url(), reason(e));
                pause(++failures);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    private static String reason(MqttException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().toString();
    }

    private void lost() {
        synchronized (change) {
            change.notifyAll();
        }
    }

    private void awaitLoss(MqttSession s) throws InterruptedException {
        synchronized (change) {
            while (running && s.isConnected() && !leftWithBroker) {
                change.wait(1_000);
            }
        }
        if (running && !leftWithBroker) {
            LOG.warn("The connection to the broker at {} was lost", endpoint.url());
        }
    }

    /** Full jitter, so that many clients of a broker do not come back at once (R10 of reliability). */
    private void pause(int failures) {
        long most = Math.min(LONGEST_PAUSE.toMillis(), 250L << Math.min(failures, 10));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(most) + 50);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    @Override
    public synchronized void start() {
        running = true;
        worker.start();
        acknowledger.start();
        keeper = new Thread(this::keep, "gateway-link");
        keeper.setDaemon(true);
        keeper.start();
    }

    @Override
    public synchronized void stop() {
        running = false;
        lost();
        try {
            keeper.join(5_000);
            keeper.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker.stop();
        acknowledger.stop();
        side.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Last to start, first to stop. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 10;
    }
}
