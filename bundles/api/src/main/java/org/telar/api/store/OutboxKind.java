package org.telar.api.store;

/** What an outbox entry carries; the uplink's topic follows from it. Codes are stable on disk and on the wire. */
public enum OutboxKind {
    /** An encoded {@link org.telar.api.model.Poll}. */
    READINGS(1, "readings"),
    EVENT(2, "events"),
    /** Result of an order, or summary of a run. */
    RESULT(3, "results");

    private final int code;
    private final String topic;

    OutboxKind(int code, String topic) {
        this.code = code;
        this.topic = topic;
    }

    public int code() {
        return code;
    }

    public String topic() {
        return topic;
    }

    /** @throws IllegalArgumentException for a code that this version does not know */
    public static OutboxKind of(int code) {
        for (OutboxKind k : values()) {
            if (k.code == code) {
                return k;
            }
        }
        throw new IllegalArgumentException("unknown outbox kind " + code);
    }
}
