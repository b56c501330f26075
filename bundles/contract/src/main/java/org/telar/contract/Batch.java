package org.telar.contract;

import java.util.List;

import org.telar.api.store.Opening;
import org.telar.api.store.OutboxKind;

/**
 * Outbox entries of one kind on their way up.
 *
 * @param gateway id of the sender; the collector checks it against topic and certificate (S17)
 * @param opening of the sender's store, with its epoch
 * @param entries ascending by sequence, not necessarily without holes
 */
public record Batch(String gateway, Opening opening, OutboxKind kind, List<Entry> entries) {
    public Batch {
        entries = List.copyOf(entries);
    }

    /** Of a store that does not tell its openings. */
    public Batch(String gateway, long epoch, OutboxKind kind, List<Entry> entries) {
        this(gateway, Opening.untold(epoch), kind, entries);
    }

    public long epoch() {
        return opening.epoch();
    }

    /**
     * @param sequence number within the epoch, from 1
     * @param payload a poll ({@link org.telar.api.model.PollCodec}), an {@link Event}, or a {@link Result}; not copied
     */
    public record Entry(long sequence, byte[] payload) {}
}
