package org.telar.api.platform;

import java.util.ArrayDeque;
import java.util.Map;

/**
 * Holds events until somebody takes them: a store or a link speaks before the agent's mind is there to listen. Keeps the
 * newest {@value #BOUND}. Thread-safe.
 */
public final class EventBuffer implements EventSink {
    /** More than this waits for nobody. */
    static final int BOUND = 256;

    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private EventSink sink = NONE;
    private boolean connected;

    private record Held(String code, Severity severity, String meter, String text, Map<String, String> detail) {}

    /** Hands over what was held, then everything as it comes. */
    public synchronized void connect(EventSink to) {
        sink = to;
        connected = true;
        while (!held.isEmpty()) {
            Held e = held.poll();
            to.event(e.code, e.severity, e.meter, e.text, e.detail);
        }
    }

    /** Holds events again, when {@code from} is the one connected. */
    public synchronized void disconnect(EventSink from) {
        if (sink == from) {
            sink = NONE;
            connected = false;
        }
    }

    @Override
    public synchronized void event(
            String code, Severity severity, String meter, String text, Map<String, String> detail) {
        if (connected) {
            sink.event(code, severity, meter, text, detail);
            return;
        }
        if (held.size() == BOUND) {
            held.poll();
        }
        held.add(new Held(code, severity, meter, text, detail));
    }
}
