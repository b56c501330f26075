package org.telar.contract;

import java.time.Instant;
import java.util.Map;

import org.telar.api.platform.EventSink.Severity;

/**
 * Something that happened at the edge.
 *
 * @param id unique; the same event sent twice has the same id
 * @param at UTC, milliseconds kept
 * @param code stable name, for example {@code METER_REPLACED}
 * @param meter meter number, empty when it is the gateway's own event
 * @param text one sentence for people
 * @param detail facts by name (old and new value, component, ...); at most 64
 */
public record Event(
        String id, Instant at, String code, Severity severity, String meter, String text, Map<String, String> detail) {
    public Event {
        detail = Map.copyOf(detail);
    }
}
