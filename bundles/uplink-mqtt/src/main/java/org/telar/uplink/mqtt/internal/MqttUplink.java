package org.telar.uplink.mqtt.internal;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.CollectorTime;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Outbox;
import org.telar.api.store.StoreException;
import org.telar.api.uplink.DownlinkListener;
import org.telar.api.uplink.Uplink;
import org.telar.contract.Ack;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Topics;

/**
 * Keeps a link to the centre and drains the outbox over it. One thread owns connection and window; the methods may be
 * called from any thread and return at once.
 */
public final class MqttUplink implements Uplink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MqttUplink.class);
    private static final int MAX_DOWN = 1 << 20;
    private static final int WAITING_SIGNALS = 8_192;
    private static final int WAITING_TRANSIENTS = 64;
    private static final Duration PROVEN = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final UplinkSettings settings;
    private final Outbox outbox;
    private final CollectorTime collectorTime;
    private final Clock clock;
    private final Delivery delivery = new Delivery();
    private final LinkEvents events;
    private final BackOff backOff;
    private final Drain drain;
    private final StatusMessages status;
    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>(WAITING_SIGNALS);
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "telar-uplink");
    private volatile boolean connected;
    private volatile boolean stopping;
    private final ArrayDeque<Ack> unwritten = new ArrayDeque<>();
    private final ArrayDeque<Signal.Transient> transients = new ArrayDeque<>();
    private Optional<Tls> tls = Optional.empty();
    private long links;
    private boolean everConnected;
    private boolean proven;

    /**
     * @param collectorTime hears of the collector's clock with every acknowledgement (D2)
     * @param events called on the uplink's thread
     * @param clock for status and collector time; deadlines are monotonic
     */
    public MqttUplink(
            UplinkSettings settings, Outbox outbox, CollectorTime collectorTime, EventSink events, Clock clock) {
        this.settings = settings;
        this.outbox = outbox;
        this.collectorTime = collectorTime;
        this.clock = clock;
        this.events = new LinkEvents(events, Clock.systemUTC());
        this.backOff =
                new BackOff(settings.times().backOffMin(), settings.times().backOffMax(), RandomGenerator.getDefault());
        this.drain = new Drain(settings, outbox, this.events);
        this.status = new StatusMessages(settings, outbox, clock);
        thread.setDaemon(true);
        // Paho finds its network modules through the context class loader, which in OSGi is not this bundle's.
        thread.setContextClassLoader(MqttUplink.class.getClassLoader());
    }

    /** Begins to connect; returns at once. */
    public void start() {
        outbox.onAdded(this::wake);
        thread.start();
    }

    public void addListener(DownlinkListener listener) {
        delivery.add(listener);
    }

    public void removeListener(DownlinkListener listener) {
        delivery.remove(listener);
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void publishTransient(String topic, byte[] payload) {
        if (connected) {
            signal(new Signal.Transient(topic, payload.clone()));
        }
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            signal(new Signal.Wake());
        }
    }

    private void signal(Signal s) {
        if (!signals.offer(s)) {
            LOG.warn("the uplink is too slow: a signal was dropped; deadlines will find what it was about");
        }
    }

    private void run() {
        while (!stopping) {
            try {
                Link link = new Link(++links, settings, this::signal);
                Reason why;
                try {
                    open(link);
                    why = serve(link);
                } catch (LinkException e) {
                    why = e.reason();
                    events.refused(why);
                } finally {
                    connected = false;
                    delivery.disconnected();
                    link.close();
                }
                if (!stopping) {
                    pause(backOff.next());
                }
            } catch (LinkException | RuntimeException e) {
                LOG.error("the uplink goes on after a fault of ours", e);
                pause(backOff.next());
            } catch (InterruptedException e) {
                stopping = true;
            }
        }
    }

    private void open(Link link) throws LinkException {
        if (settings.tls().isPresent()) {
            loadTls(settings.tls().get());
            tls.flatMap(Tls::ownExpiry).ifPresent(events::certificate);
        }
        link.open(
                settings,
                tls.map(Tls::sockets),
                new Link.Will(Topics.up(settings.gateway(), "status"), status.offline()),
                Topics.down(settings.gateway(), "#"));
        link.publishUnfollowed(Topics.up(settings.gateway(), "status"), status.online(), true);
        drain.begin();
        transients.clear();
        proven = false;
        connected = true;
        events.up(settings.server().toString(), everConnected);
        everConnected = true;
        delivery.connected();
    }

    /** Files that cannot be read leave the last good ones in use. */
    private void loadTls(UplinkSettings.TlsFiles files) throws LinkException {
        try {
            tls = Optional.of(Tls.load(files));
        } catch (IOException e) {
            Reason reason = new Reason("TLS_CONFIG", e.getMessage(), 0);
            if (tls.isEmpty()) {
                throw new LinkException(reason, e);
            }
            events.once(
                    new Reason("TLS_CONFIG", e.getMessage() + "; the last good key material is used", 0),
                    Severity.WARNING);
        }
    }

    /** Until the link is lost, suspect, or not wanted any more; says why. */
    private Reason serve(Link link) throws InterruptedException {
        long since = System.nanoTime();
        while (true) {
            if (stopping) {
                connected = false;
                link.closeInOrder(new Link.Will(Topics.up(settings.gateway(), "status"), status.offline()));
                return new Reason("LINK_DOWN", "the agent stops", 0);
            }
            Optional<Reason> lost = handle(link, signals.poll(drain.waitNanos(TICK), TimeUnit.NANOSECONDS));
            if (lost.isEmpty()) {
                lost = step(link);
            }
            if (lost.isPresent()) {
                drain.lost(lost.get());
                events.down(lost.get());
                return lost.get();
            }
            if (!proven && System.nanoTime() - since > PROVEN.toNanos()) {
                proven();
            }
        }
    }

    private Optional<Reason> step(Link link) {
        try {
            writeAcknowledgements();
            sendTransients(link);
            if (drain.overdue()) {
                Reason reason = new Reason(
                        "ACK_TIMEOUT",
                        "the collector acknowledged nothing of a batch within " + drain.deadline()
                                + "; the link is made anew and the batch sent again",
                        0);
                events.once(reason, Severity.WARNING);
                return Optional.of(reason);
            }
            drain.fill(link);
            return Optional.empty();
        } catch (StoreException e) {
            LOG.warn("the outbox cannot be used now: {}", e.getMessage());
            drain.retryLater();
            return Optional.empty();
        } catch (LinkException e) {
            events.refused(e.reason());
            return Optional.of(e.reason());
        }
    }

    private Optional<Reason> handle(Link link, Signal signal) {
        if (signal instanceof Signal.Wake) {
            woken.set(false);
            drain.look();
        } else if (signal instanceof Signal.Transient t) {
            if (transients.size() == WAITING_TRANSIENTS) {
                transients.poll();
            }
            transients.add(t);
        } else if (signal instanceof Signal.Arrived a && a.link() == link.number()) {
            arrived(a);
        } else if (signal instanceof Signal.Answered a && a.link() == link.number()) {
            drain.answered(a);
        } else if (signal instanceof Signal.Lost l && l.link() == link.number()) {
            events.refused(l.reason());
            return Optional.of(l.reason());
        }
        return Optional.empty();
    }

    private void sendTransients(Link link) throws LinkException {
        while (!transients.isEmpty() && link.hasRoom()) {
            Signal.Transient t = transients.poll();
            link.publishUnfollowed(
                    Topics.up(settings.gateway(), t.what()),
                    t.payload(),
                    t.what().equals("status"));
        }
    }

    private void arrived(Signal.Arrived a) {
        Optional<String> kind = Topics.downward(settings.gateway(), a.topic());
        if (kind.isEmpty() || a.payload().length > MAX_DOWN) {
            LOG.warn("a message on {} of {} bytes is not for us", a.topic(), a.payload().length);
        } else if (kind.get().equals("ack")) {
            acknowledged(a.payload());
        } else {
            delivery.received(kind.get(), a.payload());
        }
    }

    private void acknowledged(byte[] payload) {
        try {
            Ack ack = Contract.decodeAck(payload);
            collectorTime.seen(ack.collectorTime(), clock.instant());
            unwritten.add(ack);
        } catch (ContractException e) {
            events.once(
                    new Reason("MESSAGE_INVALID", "an acknowledgement was ignored: " + e.getMessage(), 0),
                    Severity.WARNING);
        }
    }

    /** What the store cannot take now waits for its next step. */
    private void writeAcknowledgements() throws StoreException {
        while (!unwritten.isEmpty()) {
            Ack ack = unwritten.peek();
            if (ack.refused()) {
                outbox.refused(ack.committed().epoch());
                drain.look();
            } else if (ack.opening() == 0 || ack.opening() == outbox.opening().id()) {
                outbox.acknowledge(ack.committed());
                if (drain.acknowledged(ack.committed())) {
                    proven();
                }
            }
            unwritten.poll();
        }
    }

    private void proven() {
        if (!proven) {
            proven = true;
            backOff.reset();
            events.good();
        }
    }

    private void pause(Duration pause) {
        long until = System.nanoTime() + pause.toNanos();
        try {
            while (!stopping && until - System.nanoTime() > 0) {
                Signal s = signals.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (s instanceof Signal.Wake) {
                    woken.set(false);
                }
            }
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Publishes the offline status, disconnects, and ends; at most a connection's deadline and a little. */
    @Override
    public void close() {
        stopping = true;
        signal(new Signal.Wake());
        try {
            thread.join(settings.times().connect().plusSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        delivery.close();
    }
}
