package org.telar.contract;

import java.time.Instant;

import org.telar.api.store.Acknowledgement;

/**
 * The collector's application acknowledgement, sent after its own commit (R2 of reliability).
 *
 * @param collectorTime the collector's clock when it answered, milliseconds kept
 */
public record Ack(Acknowledgement committed, Instant collectorTime) {}
