package org.telar.store.sqlite.internal;

import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.EventSink;

/**
 * Raises events on a thread of its own: whoever takes them commits them to this very store, which the writer must not
 * wait for. The thread ends when there is nothing to say. Thread-safe.
 */
final class AsyncEvents implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncEvents.class);

    private final EventSink sink;
    private final ThreadPoolExecutor thread;

    AsyncEvents(EventSink sink) {
        this.sink = sink;
        this.thread = new ThreadPoolExecutor(
                0,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(256),
                r -> {
                    Thread t = new Thread(r, "telar-store-events");
                    t.setDaemon(true);
                    return t;
                },
                (r, pool) -> LOG.warn("an event of the store was dropped: too many wait"));
    }

    @Override
    public void event(String code, Severity severity, String meter, String text, Map<String, String> detail) {
        LOG.info("{} {} {} {}", code, meter, text, detail);
        thread.execute(() -> {
            try {
                sink.event(code, severity, meter, text, detail);
            } catch (RuntimeException e) {
                LOG.warn("event {} could not be raised", code, e);
            }
        });
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
