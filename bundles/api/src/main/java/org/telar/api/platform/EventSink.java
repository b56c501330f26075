package org.telar.api.platform;

import java.util.Map;

import org.telar.api.model.MeterId;

/**
 * Takes what happened at the edge so that the centre hears of it (R34). The concentrator implements it and commits the
 * event to the outbox; whoever raises events (store, uplink, drivers) knows nothing of messages. Implementations are
 * thread-safe, return at once, never throw and never block on the store: it may be called while a store or a link is
 * failing.
 */
@FunctionalInterface
public interface EventSink {
    /** How critical an event is (R34). */
    enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /** An event that is nobody's in particular and goes nowhere; for tests and for tools without a centre. */
    EventSink NONE = (code, severity, meter, text, detail) -> {};

    /**
     * @param code stable code, upper case with underscores, for example {@code STORE_CORRUPT}
     * @param meter number of the meter it is about; empty when it is about the gateway
     * @param text one English sentence for people: what, where, and what was done about it; no secrets
     * @param detail facts by name
     */
    void event(String code, Severity severity, String meter, String text, Map<String, String> detail);

    /** An event about the gateway. */
    default void event(String code, Severity severity, String text, Map<String, String> detail) {
        event(code, severity, "", text, detail);
    }

    /** An event about a meter. */
    default void event(String code, Severity severity, MeterId meter, String text) {
        event(code, severity, meter.number(), text, Map.of());
    }
}
