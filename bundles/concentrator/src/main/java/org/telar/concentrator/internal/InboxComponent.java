package org.telar.concentrator.internal;

import java.util.ArrayDeque;
import java.util.Deque;

import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.uplink.DownlinkListener;

/**
 * Takes what comes down from the first moment of the link, and keeps it until the concentrator is there. It depends on
 * nothing, so that uplink and concentrator, which need each other, start without a circle. Thread-safe.
 */
@Component(
        name = "org.telar.concentrator.inbox",
        service = {DownlinkListener.class, InboxComponent.class})
public final class InboxComponent implements DownlinkListener {
    static final int MOST_KEPT = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(InboxComponent.class);

    private record Message(String kind, byte[] payload) {}

    private final Deque<Message> kept = new ArrayDeque<>();
    private DownlinkListener target;

    @Override
    public synchronized void received(String kind, byte[] payload) {
        if (target != null) {
            target.received(kind, payload);
        } else if (kept.size() < MOST_KEPT) {
            kept.add(new Message(kind, payload));
        } else {
            // The centre misses the receipt and asks again (D15).
            LOG.warn("A message of kind {} came before the concentrator and found no room", kind);
        }
    }

    /** Hands over what was kept, then everything as it comes. */
    synchronized void attach(DownlinkListener concentrator) {
        target = concentrator;
        while (!kept.isEmpty()) {
            Message m = kept.poll();
            concentrator.received(m.kind(), m.payload());
        }
    }

    synchronized void detach() {
        target = null;
    }
}
