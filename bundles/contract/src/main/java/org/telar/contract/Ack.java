package org.telar.contract;

import java.time.Instant;

import org.telar.api.store.Acknowledgement;

/**
 * The collector's application acknowledgement, sent after its own commit (R2 of reliability).
 *
 * @param collectorTime the collector's clock when it answered, milliseconds kept
 * @param opening of the edge's store that it is for; 0 = for any
 * @param refused the epoch is not gone on with: the store was restored from an old copy (F12); nothing is freed
 */
public record Ack(Acknowledgement committed, Instant collectorTime, long opening, boolean refused) {
    public Ack(Acknowledgement committed, Instant collectorTime) {
        this(committed, collectorTime, 0, false);
    }
}
