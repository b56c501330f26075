package org.telar.uplink.mqtt.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.uplink.DownlinkListener;

/**
 * Hands what came down to its listeners on one thread of its own, so that a slow listener delays no acknowledgement. A
 * listener that comes late gets the last of each state, and what nobody was there for. What does not fit is dropped with
 * a word: an order is repeated by the centre, state comes with the next subscription. Thread-safe.
 */
final class Delivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final int WAITING = 256;
    private static final int HELD = 64;
    private static final Set<String> STATE = Set.of("table", "activities", "config");

    private final List<DownlinkListener> listeners = new ArrayList<>();
    private final Map<String, byte[]> state = new LinkedHashMap<>();
    private final ArrayDeque<Message> held = new ArrayDeque<>();
    private boolean up;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            r -> {
                Thread t = new Thread(r, "telar-uplink-delivery");
                t.setDaemon(true);
                return t;
            },
            (r, pool) -> LOG.warn("a message from the centre was dropped: {} wait already", WAITING));

    private record Message(String kind, byte[] payload) {}

    Delivery() {
        thread.allowCoreThreadTimeOut(true);
    }

    synchronized void add(DownlinkListener listener) {
        listeners.add(listener);
        state.forEach((kind, payload) -> deliver(List.of(listener), l -> l.received(kind, payload)));
        while (!held.isEmpty()) {
            Message m = held.poll();
            deliver(List.of(listener), l -> l.received(m.kind, m.payload));
        }
        if (up) {
            deliver(List.of(listener), DownlinkListener::connected);
        }
    }

    synchronized void remove(DownlinkListener listener) {
        listeners.remove(listener);
    }

    synchronized void received(String kind, byte[] payload) {
        if (STATE.contains(kind)) {
            state.put(kind, payload);
        } else if (listeners.isEmpty() && held.size() < HELD) {
            held.add(new Message(kind, payload));
        }
        deliver(List.copyOf(listeners), l -> l.received(kind, payload));
    }

    synchronized void connected() {
        up = true;
        deliver(List.copyOf(listeners), DownlinkListener::connected);
    }

    synchronized void disconnected() {
        up = false;
    }

    private void deliver(List<DownlinkListener> to, Consumer<DownlinkListener> what) {
        if (to.isEmpty() || thread.isShutdown()) {
            return;
        }
        thread.execute(() -> to.forEach(l -> {
            try {
                what.accept(l);
            } catch (RuntimeException e) {
                LOG.warn("a listener of the uplink failed", e);
            }
        }));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
