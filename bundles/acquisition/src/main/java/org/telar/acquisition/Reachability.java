package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/**
 * Who answers and who does not, over all media. A meter is UNREACHED after some misses in a row, until it answers
 * again, to a probe or to anything else; after a refused authentication it is left alone for a while that doubles
 * (S31). Times are monotonic nanoseconds unless they are an {@link Instant}. Thread-safe.
 */
public final class Reachability {
    /** What is known of a meter. */
    public enum State {
        UNKNOWN,
        REACHED,
        /** Missed, not yet often enough. */
        STALE,
        UNREACHED
    }

    /** Told of a meter that became UNREACHED, or answers again after that. Called quickly, by any thread. */
    public interface Listener {
        void changed(MeterId meter, State now, Optional<Ko> why);
    }

    private static final long FIRST_PAUSE = Duration.ofMinutes(1).toNanos();
    private static final int MOST_DOUBLINGS = 8;

    /** @param tried when it was last asked in vain; empty when it is worth a try at once */
    private record Entry(
            int misses,
            State state,
            Optional<Instant> lastContact,
            int refused,
            long refusedUntil,
            Optional<Long> tried) {
        static final Entry NEW = new Entry(0, State.UNKNOWN, Optional.empty(), 0, 0, Optional.empty());

        Entry tried(Optional<Long> when) {
            return new Entry(misses, state, lastContact, refused, refusedUntil, when);
        }
    }

    private final Map<MeterId, Entry> entries = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

    public void onChange(Listener listener) {
        listeners.add(listener);
    }

    public State state(MeterId meter) {
        return entry(meter).state();
    }

    /** When the meter last answered, UTC; also after restarts when {@link #remember} was told. */
    public Optional<Instant> lastContact(MeterId meter) {
        return entry(meter).lastContact();
    }

    /** A contact of an earlier process: sets the time, says nothing about the present. */
    public void remember(MeterId meter, Instant contact) {
        entries.merge(
                meter,
                new Entry(0, State.UNKNOWN, Optional.of(contact), 0, 0, Optional.empty()),
                (old, told) -> old.lastContact().isPresent()
                        ? old
                        : new Entry(
                                old.misses(),
                                old.state(),
                                told.lastContact(),
                                old.refused(),
                                old.refusedUntil(),
                                old.tried()));
    }

    /** Last contact of every meter that ever answered. */
    public Map<MeterId, Instant> contacts() {
        Map<MeterId, Instant> contacts = new TreeMap<>();
        entries.forEach((meter, e) -> e.lastContact().ifPresent(at -> contacts.put(meter, at)));
        return contacts;
    }

    /** Meters that are UNREACHED now. */
    public List<MeterId> unreached() {
        return entries.entrySet().stream()
                .filter(e -> e.getValue().state() == State.UNREACHED)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * UNREACHED meters whose turn it is to be probed: once in a while after the last try, or at once after {@link
     * #joined}. Each is named once; the next time after another while.
     *
     * @param every time between two tries
     */
    public List<MeterId> probesDue(long now, Duration every) {
        List<MeterId> due = unreached().stream()
                .filter(m ->
                        entry(m).tried().map(t -> now - t >= every.toNanos()).orElse(true))
                .toList();
        due.forEach(m -> entries.computeIfPresent(m, (id, e) -> e.tried(Optional.of(now))));
        return due;
    }

    /** The network told that a meter is there again (a base node's join event): worth a probe at once. */
    public void joined(MeterId meter) {
        entries.computeIfPresent(meter, (id, e) -> e.tried(Optional.empty()));
    }

    /** The meter is no longer this concentrator's. */
    public void forget(MeterId meter) {
        entries.remove(meter);
    }

    int misses(MeterId meter) {
        return entry(meter).misses();
    }

    void answered(MeterId meter, Instant at) {
        Entry before = entry(meter);
        entries.put(meter, new Entry(0, State.REACHED, Optional.of(at), 0, 0, Optional.empty()));
        if (before.state() == State.UNREACHED) {
            listeners.forEach(l -> l.changed(meter, State.REACHED, Optional.empty()));
        }
    }

    /** @param limit misses in a row that make it UNREACHED */
    void missed(MeterId meter, Ko why, int limit, long at) {
        Entry old = entry(meter);
        int misses = old.misses() + 1;
        State now = misses >= limit ? State.UNREACHED : State.STALE;
        entries.put(
                meter, new Entry(misses, now, old.lastContact(), old.refused(), old.refusedUntil(), Optional.of(at)));
        if (now == State.UNREACHED && old.state() != State.UNREACHED) {
            listeners.forEach(l -> l.changed(meter, now, Optional.of(why)));
        }
    }

    /** The meter refused our keys: wait before asking it again. */
    void refused(MeterId meter, long now) {
        Entry old = entry(meter);
        long pause = FIRST_PAUSE << Math.min(old.refused(), MOST_DOUBLINGS);
        entries.put(
                meter,
                new Entry(old.misses(), old.state(), old.lastContact(), old.refused() + 1, now + pause, old.tried()));
    }

    /** Nanoseconds until a meter that refused us may be asked again, 0 when it may. */
    long refusedFor(MeterId meter, long now) {
        Entry e = entry(meter);
        return e.refused() == 0 ? 0 : Math.max(0, e.refusedUntil() - now);
    }

    private Entry entry(MeterId meter) {
        return entries.getOrDefault(meter, Entry.NEW);
    }
}
