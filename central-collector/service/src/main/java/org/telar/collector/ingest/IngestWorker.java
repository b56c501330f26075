package org.telar.collector.ingest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Batch;

/**
 * Takes deliveries from the link in the order they come and commits them in groups. While the database is slow or away
 * nothing is acknowledged, so the broker sends no more than the link's window: that is the admission control. One
 * thread of its own.
 */
public final class IngestWorker {
    private static final Logger LOG = LoggerFactory.getLogger(IngestWorker.class);
    private static final int GROUP_DELIVERIES = 64;
    private static final long GROUP_BYTES = 4 << 20;
    private static final long MAX_BACKOFF_MS = 10_000;

    private final IngestService service;
    private final Consumer<Collection<Mark>> acknowledge;
    private final Runnable beforeAcknowledge;
    private final BlockingQueue<Delivery> queue;
    private volatile boolean running;
    private Thread thread;

    /**
     * A batch on its way in.
     *
     * @param bytes size on the wire
     * @param done tells the broker that the delivery is over; called after the commit
     */
    public record Delivery(Batch batch, int bytes, Runnable done) {}

    /**
     * @param acknowledge sends the application acknowledgement; must not block for long
     * @param beforeAcknowledge called between commit and acknowledgement; tests die here (fault 2)
     * @param capacity deliveries waiting, at least the link's window
     */
    public IngestWorker(
            IngestService service, Consumer<Collection<Mark>> acknowledge, Runnable beforeAcknowledge, int capacity) {
        this.service = service;
        this.acknowledge = acknowledge;
        this.beforeAcknowledge = beforeAcknowledge;
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    /** @return false when the queue is full; the delivery is then neither taken nor lost: the broker has it still */
    public boolean offer(Delivery delivery) {
        return running && queue.offer(delivery);
    }

    /** Deliveries waiting. */
    public int waiting() {
        return queue.size();
    }

    public synchronized void start() {
        running = true;
        thread = new Thread(this::run, "ingest");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends after the group at work; what waits stays with the broker. */
    public synchronized void stop() {
        running = false;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(8_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        queue.clear();
    }

    private void run() {
        List<Delivery> group = new ArrayList<>();
        while (running) {
            try {
                if (group.isEmpty()) {
                    collect(group);
                }
                if (!group.isEmpty() && persist(group)) {
                    group.clear();
                }
            } catch (InterruptedException stopping) {
                return;
            } catch (RuntimeException e) {
                LOG.error("Ingest of {} deliveries failed; nothing is acknowledged, trying again", group.size(), e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(MAX_BACKOFF_MS);
        } catch (InterruptedException stopping) {
            running = false;
        }
    }

    private void collect(List<Delivery> group) throws InterruptedException {
        Delivery first = queue.poll(500, TimeUnit.MILLISECONDS);
        long bytes = 0;
        for (Delivery d = first; d != null; d = queue.poll()) {
            group.add(d);
            bytes += d.bytes();
            if (group.size() >= GROUP_DELIVERIES || bytes >= GROUP_BYTES) {
                return;
            }
        }
    }

    /** Commits a group, waiting for the database as long as it takes; false when the worker is to stop. */
    private boolean persist(List<Delivery> group) throws InterruptedException {
        for (long backoff = 200; running; backoff = Math.min(MAX_BACKOFF_MS, backoff * 2)) {
            try {
                Collection<Mark> marks =
                        isolated(group.stream().map(Delivery::batch).toList(), readingBytes(group));
                beforeAcknowledge.run();
                group.forEach(d -> d.done().run());
                acknowledge.accept(marks);
                return true;
            } catch (RuntimeException e) {
                if (!Transience.isTransient(e)) {
                    throw e;
                }
                LOG.warn(
                        "The database does not take readings ({}); {} deliveries wait, trying again",
                        e.getMessage(),
                        group.size());
                Thread.sleep(backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1));
            }
        }
        return false;
    }

    /** All in one transaction; if the database refuses the data, halves, down to the one entry that is to blame. */
    private Collection<Mark> isolated(List<Batch> batches, long readingBytes) {
        try {
            return service.ingest(batches, readingBytes);
        } catch (RuntimeException e) {
            if (Transience.isTransient(e)) {
                throw e;
            }
            List<Mark> marks = new ArrayList<>();
            if (batches.size() > 1) {
                for (Batch b : batches) {
                    marks.addAll(isolated(List.of(b), 0));
                }
                return marks;
            }
            Batch batch = batches.get(0);
            if (batch.entries().size() <= 1) {
                LOG.warn("An entry of {} cannot be stored", batch.gateway(), e);
                for (Batch.Entry entry : batch.entries()) {
                    marks.addAll(service.quarantineEntry(batch, entry, "cannot be stored: " + e.getMessage()));
                }
                return marks;
            }
            int half = batch.entries().size() / 2;
            marks.addAll(isolated(List.of(part(batch, 0, half)), 0));
            marks.addAll(isolated(List.of(part(batch, half, batch.entries().size())), 0));
            return marks;
        }
    }

    private static long readingBytes(List<Delivery> group) {
        return group.stream()
                .filter(d -> d.batch().kind() == OutboxKind.READINGS)
                .mapToLong(Delivery::bytes)
                .sum();
    }

    private static Batch part(Batch b, int from, int to) {
        return new Batch(b.gateway(), b.opening(), b.kind(), b.entries().subList(from, to));
    }
}
