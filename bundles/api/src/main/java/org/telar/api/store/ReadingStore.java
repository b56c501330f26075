package org.telar.api.store;

import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.SortedSet;

import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;

/** Readings held at the edge. One writer inside; every method may be called from any thread. */
public interface ReadingStore {
    /**
     * Commits a whole poll, its readings and its outbox entry, in one durable transaction.
     *
     * @return the sequence of its outbox entry
     * @throws StoreException when it is not certain to be on disk; the poll may be committed again (idempotent keys)
     */
    long commit(Poll poll, Lane lane) throws StoreException;

    /** Commits an event or a result for the centre. */
    long append(OutboxKind kind, Lane lane, byte[] payload) throws StoreException;

    /**
     * Which slots are known: read, or missing at the meter. Bit {@code i} is the slot that ends at {@code firstEnd + i
     * × period}.
     */
    BitSet known(MeterId meter, Obis profile, Instant firstEnd, Duration period, int slots) throws StoreException;

    /** Stamps of the closings held in a range. */
    SortedSet<Instant> closings(MeterId meter, TimeRange range) throws StoreException;

    /** Stored profile rows of a range, by time, in blocks of at most a day. */
    List<ProfileBlock> profile(MeterId meter, Obis profile, TimeRange range) throws StoreException;

    /** Stored registers of a range, by time. */
    List<RegisterSet> registers(MeterId meter, TimeRange range) throws StoreException;
}
