package org.telar.concentrator.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.ReadingStore;
import org.telar.api.store.StoreException;

/** A store in memory with the contract of the real one; can be told to fail. */
final class FakeStore implements ReadingStore, Outbox {
    final List<Poll> polls = new ArrayList<>();
    final List<OutboxEntry> entries = new ArrayList<>();
    private final Map<MeterId, Map<Instant, Integer>> slots = new TreeMap<>();
    volatile int failures;

    @Override
    public synchronized long commit(Poll poll, Lane lane) throws StoreException {
        failIfTold();
        polls.add(poll);
        Map<Instant, Integer> held = slots.computeIfAbsent(poll.meter(), m -> new TreeMap<>());
        for (ProfileBlock b : poll.profiles()) {
            for (int i = 0; i < b.slots(); i++) {
                if (b.status()[i] != ProfileBlock.NOT_READ) {
                    held.put(b.endOf(i), b.status()[i]);
                }
            }
        }
        return add(OutboxKind.READINGS, lane, new byte[0]);
    }

    @Override
    public synchronized long append(OutboxKind kind, Lane lane, byte[] payload) throws StoreException {
        failIfTold();
        return add(kind, lane, payload);
    }

    private void failIfTold() throws StoreException {
        if (failures > 0) {
            failures--;
            throw new StoreException("told to fail by the test");
        }
    }

    private long add(OutboxKind kind, Lane lane, byte[] payload) {
        long sequence = entries.size() + 1L;
        entries.add(new OutboxEntry(sequence, kind, lane, payload));
        return sequence;
    }

    synchronized List<byte[]> payloads(OutboxKind kind) {
        return entries.stream()
                .filter(e -> e.kind() == kind)
                .map(OutboxEntry::payload)
                .toList();
    }

    synchronized List<Poll> polls() {
        return List.copyOf(polls);
    }

    @Override
    public synchronized BitSet known(MeterId meter, Obis profile, Instant firstEnd, Duration period, int count) {
        BitSet known = new BitSet();
        Map<Instant, Integer> held = slots.getOrDefault(meter, Map.of());
        for (int i = 0; i < count; i++) {
            known.set(i, held.containsKey(firstEnd.plus(period.multipliedBy(i))));
        }
        return known;
    }

    @Override
    public synchronized SortedSet<Instant> closings(MeterId meter, TimeRange range) {
        SortedSet<Instant> stamps = new TreeSet<>();
        for (RegisterSet s : registers(meter, range)) {
            if (s.kind() == RegisterKind.DAILY) {
                stamps.add(s.stamp());
            }
        }
        return stamps;
    }

    @Override
    public synchronized List<ProfileBlock> profile(MeterId meter, Obis profile, TimeRange range) {
        return polls.stream()
                .filter(p -> p.meter().equals(meter))
                .flatMap(p -> p.profiles().stream())
                .filter(b -> range.contains(b.firstEnd()))
                .distinct()
                .toList();
    }

    @Override
    public synchronized List<RegisterSet> registers(MeterId meter, TimeRange range) {
        return polls.stream()
                .filter(p -> p.meter().equals(meter))
                .flatMap(p -> p.registers().stream())
                .filter(s -> range.contains(s.stamp()))
                .toList();
    }

    @Override
    public long epoch() {
        return 1;
    }

    @Override
    public List<OutboxEntry> pending(int maxEntries, int maxBytes, LongPredicate inFlight) {
        return List.of();
    }

    @Override
    public void acknowledge(Acknowledgement ack) {
        throw new UnsupportedOperationException("the concentrator acknowledges nothing");
    }

    @Override
    public void onAdded(Runnable listener) {
        throw new UnsupportedOperationException("the concentrator does not drain");
    }

    @Override
    public synchronized Backlog backlog() {
        long values = polls.stream().mapToLong(Poll::profileValueCount).sum();
        return new Backlog(entries.size(), 0, 0, values);
    }

    @Override
    public synchronized long lastSequence() {
        return entries.size();
    }
}
