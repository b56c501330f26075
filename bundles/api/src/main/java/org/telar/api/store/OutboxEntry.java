package org.telar.api.store;

/**
 * One thing the centre must acknowledge.
 *
 * @param sequence number within the epoch, from 1, without holes at the edge
 * @param payload encoded content; not copied
 */
public record OutboxEntry(long sequence, OutboxKind kind, Lane lane, byte[] payload) {}
