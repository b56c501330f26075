package org.telar.concentrator.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Contract;
import org.telar.contract.Event;

/** Turns what happened into events for the centre (R34). Events beyond the writer's bound are counted and told later. */
public final class Events implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int MAX_DETAILS = 64;
    private static final int MAX_TEXT = 1_000;

    private final OutboxWriter writer;
    private final Clock clock;
    private final AtomicLong dropped = new AtomicLong();

    public Events(OutboxWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public void event(String code, Severity severity, String meter, String text, Map<String, String> detail) {
        Map<String, String> bounded = new HashMap<>();
        detail.entrySet().stream().limit(MAX_DETAILS).forEach(e -> bounded.put(e.getKey(), e.getValue()));
        String shortText = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
        LOG.info("Event {} {} {} {}", severity, code, meter, shortText);
        long lost = dropped.get();
        if (lost > 0 && put("EVENTS_DROPPED", Severity.WARNING, "", lost + " events found no room.", Map.of())) {
            dropped.addAndGet(-lost);
        }
        if (!put(code, severity, meter, shortText, bounded)) {
            dropped.incrementAndGet();
        }
    }

    private boolean put(String code, Severity severity, String meter, String text, Map<String, String> detail) {
        // The contract keeps milliseconds.
        Instant at = Instant.ofEpochMilli(clock.millis());
        Event event = new Event(UUID.randomUUID().toString(), at, code, severity, meter, text, detail);
        Lane lane = severity == Severity.INFO ? Lane.LIVE : Lane.URGENT;
        return writer.offer(OutboxKind.EVENT, lane, Contract.encode(event));
    }
}
