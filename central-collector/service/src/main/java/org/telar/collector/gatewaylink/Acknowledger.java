package org.telar.collector.gatewaylink;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.store.Acknowledgement;
import org.telar.collector.ingest.Mark;
import org.telar.contract.Ack;
import org.telar.contract.Contract;
import org.telar.contract.Topics;

/**
 * Sends application acknowledgements, at most one per gateway and epoch in {@value #COALESCE_MS} ms: each says all that
 * is committed, so the newest is enough. One that is lost is made good by the next, or by the edge sending again. One
 * thread of its own.
 */
final class Acknowledger {
    private static final Logger LOG = LoggerFactory.getLogger(Acknowledger.class);
    private static final long COALESCE_MS = 25;
    private static final long EXPIRY_SECONDS = 120;

    private final Publisher publisher;
    private final Clock clock;
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private boolean running;
    private Thread thread;

    private record Pending(String gateway, Ack ack) {}

    /** Hands a message to the broker without waiting. */
    @FunctionalInterface
    interface Publisher {
        void publish(String topic, byte[] payload, long expirySeconds) throws Exception;
    }

    Acknowledger(Publisher publisher, Clock clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Notes marks in the order they were committed; returns at once. */
    synchronized void committed(Collection<Mark> marks) {
        for (Mark m : marks) {
            pending.put(m.gateway() + "/" + m.epoch(), new Pending(m.gateway(), answer(m)));
        }
        notifyAll();
    }

    /** A refused epoch is refused to every opening, and nothing of it is called committed. */
    private Ack answer(Mark m) {
        return m.refusal().isEmpty()
                ? new Ack(m.acknowledgement(), clock.instant(), m.opening(), false)
                : new Ack(new Acknowledgement(m.epoch(), 0, List.of()), clock.instant(), 0, true);
    }

    synchronized void start() {
        running = true;
        thread = new Thread(this::run, "acknowledger");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void stop() {
        running = false;
        notifyAll();
    }

    private void run() {
        try {
            for (List<Pending> batch = next(); batch != null; batch = next()) {
                batch.forEach(this::send);
                Thread.sleep(COALESCE_MS);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Pending> next() throws InterruptedException {
        while (running && pending.isEmpty()) {
            wait(1_000);
        }
        if (pending.isEmpty()) {
            return null;
        }
        List<Pending> batch = new ArrayList<>(pending.values());
        pending.clear();
        return batch;
    }

    private void send(Pending p) {
        try {
            publisher.publish(Topics.down(p.gateway(), "ack"), Contract.encode(p.ack()), EXPIRY_SECONDS);
        } catch (Exception e) {
            LOG.info(
                    "An acknowledgement for {} was not sent ({}); the gateway will send again",
                    p.gateway(),
                    e.getMessage());
        }
    }
}
