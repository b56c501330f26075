package org.telar.concentrator.internal;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.ReadingStore;
import org.telar.api.store.StoreException;

/**
 * Appends events and results to the outbox on a thread of its own, in order, again and again while the store fails:
 * whoever has one never waits for the store. Thread-safe. Close waits a moment for what is queued.
 */
public final class OutboxWriter implements AutoCloseable {
    static final int MOST_WAITING = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(OutboxWriter.class);
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = Duration.ofSeconds(10).toMillis();
    private static final long CLOSE_MILLIS = 2_000;

    private record Item(OutboxKind kind, Lane lane, byte[] payload, Runnable appended) {}

    private final CompletableFuture<ReadingStore> store = new CompletableFuture<>();
    private final BlockingQueue<Item> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread writer;
    private volatile boolean closing;

    /** Starts without a store: items wait until one is attached. */
    public OutboxWriter(String name) {
        writer = new Thread(this::write, name);
        writer.setDaemon(true);
        writer.start();
    }

    /** Gives it the store; only the first one counts. */
    public void attach(ReadingStore given) {
        store.complete(given);
    }

    /** @return false when {@value #MOST_WAITING} wait already: the item is not taken */
    public boolean offer(OutboxKind kind, Lane lane, byte[] payload) {
        return offer(kind, lane, payload, () -> {});
    }

    /** @param appended run by the writer's thread when it is in the outbox */
    public boolean offer(OutboxKind kind, Lane lane, byte[] payload, Runnable appended) {
        return waiting.offer(new Item(kind, lane, payload, appended));
    }

    private void write() {
        long pause = FIRST_PAUSE;
        Item next = null;
        while (!(closing && next == null && waiting.isEmpty())) {
            try {
                next = next == null ? waiting.poll(200, TimeUnit.MILLISECONDS) : next;
                if (next != null) {
                    store.get().append(next.kind(), next.lane(), next.payload());
                    next.appended().run();
                    next = null;
                    pause = FIRST_PAUSE;
                }
            } catch (StoreException e) {
                LOG.warn("The store does not take an entry, tried again in {} ms: {}", pause, e.getMessage());
                if (!sleep(pause)) {
                    return;
                }
                pause = Math.min(LONGEST_PAUSE, pause * 2);
            } catch (InterruptedException | ExecutionException e) {
                return;
            }
        }
    }

    private static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            writer.join(CLOSE_MILLIS);
            writer.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
