package org.telar.api.store;

import java.util.List;
import java.util.function.LongPredicate;

/** What waits for the centre's acknowledgement. Thread-safe. */
public interface Outbox {
    /** Epoch of the present store; grows when a store was lost or rolled back (R4, R7 of reliability). */
    long epoch();

    /**
     * Entries still to send, urgent first, then live with a fair share of backlog, oldest first within a lane.
     *
     * @param maxEntries at most so many
     * @param maxBytes stop before the payloads exceed this, but give at least one entry
     * @param inFlight sequences that are on their way already and are left out
     */
    List<OutboxEntry> pending(int maxEntries, int maxBytes, LongPredicate inFlight) throws StoreException;

    /** Frees what the collector committed. An acknowledgement of another epoch changes nothing. Idempotent. */
    void acknowledge(Acknowledgement ack) throws StoreException;

    /** The present opening; what is sent carries it, and only acknowledgements for it are to be believed (F12). */
    default Opening opening() {
        return Opening.untold(epoch());
    }

    /**
     * The collector does not go on with an epoch, because this store was restored from an old copy: nothing is freed, and
     * what waits is sent again under another epoch. A refusal of another epoch changes nothing. Idempotent.
     */
    default void refused(long epoch) throws StoreException {}

    /** Called (on any thread, quickly) when something was added. */
    void onAdded(Runnable listener);

    Backlog backlog() throws StoreException;

    /** Highest sequence committed in the present epoch, 0 when none. */
    default long lastSequence() {
        return 0;
    }

    /**
     * @param entries not acknowledged
     * @param oldestAgeSeconds age of the oldest, 0 when empty
     * @param bytes payload bytes
     * @param values channel values of load profile among them
     */
    record Backlog(long entries, long oldestAgeSeconds, long bytes, long values) {
        public Backlog(long entries, long oldestAgeSeconds, long bytes) {
            this(entries, oldestAgeSeconds, bytes, 0);
        }
    }
}
