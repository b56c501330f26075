package org.telar.uplink.mqtt.internal;

/** What the uplink's thread waits for. Signals of a link say which, so that a late one of a dead link is ignored. */
sealed interface Signal {
    /** Look at the outbox, or at the stop flag. */
    record Wake() implements Signal {}

    /** Something to publish that is worth nothing later. */
    record Transient(String what, byte[] payload) implements Signal {}

    /** @param link number of the link it comes from */
    record Lost(long link, Reason reason) implements Signal {}

    record Arrived(long link, String topic, byte[] payload) implements Signal {}

    /**
     * The broker answered a publish.
     *
     * @param batch 0 when it was none
     * @param reason 0 to 0x7F is good
     */
    record Answered(long link, long batch, int reason) implements Signal {}
}
