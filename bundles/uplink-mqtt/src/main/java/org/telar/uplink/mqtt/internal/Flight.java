package org.telar.uplink.mqtt.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.api.store.Acknowledgement;

/**
 * Batches that wait for the collector's acknowledgement: our own window, because the broker's acknowledgement says
 * nothing about the collector. Times are {@link System#nanoTime}. Not thread-safe.
 */
final class Flight {
    private final Map<Long, Batch> batches = new LinkedHashMap<>();
    private final Map<Long, Batch> bySequence = new HashMap<>();
    private long epoch;
    private long nextId = 1;

    private static final class Batch {
        private final long id;
        private final Set<Long> waiting;
        private final int bytes;
        private long deadline;
        private boolean refused;

        Batch(long id, Set<Long> waiting, int bytes, long deadline) {
            this.id = id;
            this.waiting = waiting;
            this.bytes = bytes;
            this.deadline = deadline;
        }
    }

    long epoch() {
        return epoch;
    }

    /** Nothing is under way any more, and sequences are of this epoch from now on. */
    void clear(long newEpoch) {
        batches.clear();
        bySequence.clear();
        epoch = newEpoch;
    }

    boolean contains(long sequence) {
        return bySequence.containsKey(sequence);
    }

    int size() {
        return batches.size();
    }

    /** Size of the largest batch under way, 0 when there is none. */
    int largest() {
        return batches.values().stream().mapToInt(b -> b.bytes).max().orElse(0);
    }

    long add(Iterable<Long> sequences, int bytes, long deadline) {
        Set<Long> waiting = new HashSet<>();
        sequences.forEach(waiting::add);
        Batch batch = new Batch(nextId++, waiting, bytes, deadline);
        batches.put(batch.id, batch);
        waiting.forEach(s -> bySequence.put(s, batch));
        return batch.id;
    }

    /** Removes what is committed; returns true when anything was waiting for it. */
    boolean acknowledged(Acknowledgement ack) {
        if (ack.epoch() != epoch) {
            return false;
        }
        boolean any = false;
        for (Batch batch : Map.copyOf(batches).values()) {
            Set<Long> done = new HashSet<>();
            for (long sequence : batch.waiting) {
                if (covers(ack, sequence)) {
                    done.add(sequence);
                }
            }
            any |= !done.isEmpty();
            batch.waiting.removeAll(done);
            done.forEach(bySequence::remove);
            if (batch.waiting.isEmpty()) {
                batches.remove(batch.id);
            }
        }
        return any;
    }

    private static boolean covers(Acknowledgement ack, long sequence) {
        return sequence <= ack.highWater()
                || ack.beyond().stream().anyMatch(r -> sequence >= r.first() && sequence <= r.last());
    }

    /** The broker refused a batch: it stays out of the way until then, and is sent again. */
    void refused(long id, long until) {
        Batch batch = batches.get(id);
        if (batch != null) {
            batch.refused = true;
            batch.deadline = until;
        }
    }

    /** Lets refused batches go whose time has come; returns true when another batch waited too long for the collector. */
    boolean overdue(long now) {
        boolean suspect = false;
        for (Batch batch : Map.copyOf(batches).values()) {
            if (batch.deadline - now <= 0) {
                suspect |= !batch.refused;
                if (batch.refused) {
                    batches.remove(batch.id);
                    batch.waiting.forEach(bySequence::remove);
                }
            }
        }
        return suspect;
    }

    /** The next time at which {@link #overdue} may say something new. */
    Optional<Long> nextDeadline(long now) {
        return batches.values().stream().map(b -> b.deadline).min((a, b) -> Long.compare(a - now, b - now));
    }
}
