package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongPredicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.Opening;
import org.telar.api.store.Outbox;
import org.telar.api.store.OutboxEntry;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.ReadingStore;
import org.telar.api.store.StoreException;

/**
 * Reading store and outbox in one SQLite database. Always starts: what cannot be opened is tried again, what cannot be
 * trusted is kept aside (R7); until it works, every method says so with a {@link StoreException}. Thread-safe; writes
 * wait for the disk, reads see the last commit.
 */
public final class SqliteStore implements ReadingStore, Outbox, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

    private final StoreSettings settings;
    private final Clock clock;
    private final AsyncEvents events;
    private final StoreFiles files;
    private final Writer writer;
    private final Reader reader;
    private final SpaceWatch space;
    private final Freshness freshness;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile OutboxTable.Counts counts = OutboxTable.Counts.NONE;
    private volatile Opening opening = Opening.untold(0);

    /**
     * @param clock ages of readings; timers are monotonic
     * @param events called on a thread of the store, never on the writer's
     * @throws StoreException when another process uses the folder
     */
    public SqliteStore(StoreSettings settings, Clock clock, EventSink events) throws StoreException {
        this.settings = settings;
        this.clock = clock;
        this.events = new AsyncEvents(events);
        this.files = new StoreFiles(settings, clock, this.events, this::damaged);
        this.reader = new Reader(files.database(), this::damaged);
        this.space = new SpaceWatch(settings.directory(), settings.limitBytes(), this.events);
        this.freshness = new Freshness(settings.freshFor());
        this.writer = new Writer(files, settings, this.events, new Steps());
        files.lock();
        SqliteNative.prepare(settings.nativeDirectory());
        writer.start();
    }

    @Override
    public long commit(Poll poll, Lane lane) throws StoreException {
        return commitAll(List.of(poll), lane);
    }

    /**
     * Commits several polls, each with its outbox entry, in one durable transaction: all or none.
     *
     * @param polls at least one
     * @return the sequence of the last outbox entry
     * @throws StoreException as {@link #commit}
     */
    public long commitAll(List<Poll> polls, Lane lane) throws StoreException {
        List<byte[]> payloads = polls.stream().map(PollCodec::encode).toList();
        List<Stored> stored = writer.submit(s -> {
            space.admit(lane, s);
            List<Stored> done = new ArrayList<>();
            for (int i = 0; i < polls.size(); i++) {
                Poll poll = polls.get(i);
                long sequence = s.outbox().nextSequence();
                done.add(new Stored(sequence, s.readings().merge(poll, sequence)));
                long now = clock.instant().getEpochSecond();
                s.outbox().append(OutboxKind.READINGS, lane, now, poll.profileValueCount(), payloads.get(i));
            }
            return done;
        });
        for (Stored one : stored) {
            one.conflicts().forEach(c -> conflict(c, one.sequence()));
        }
        return stored.get(stored.size() - 1).sequence();
    }

    private record Stored(long sequence, List<ReadingTables.Conflict> conflicts) {}

    @Override
    public long append(OutboxKind kind, Lane lane, byte[] payload) throws StoreException {
        byte[] copy = payload.clone();
        return writer.submit(s -> {
            space.admit(lane, s);
            return s.outbox().append(kind, lane, clock.instant().getEpochSecond(), 0, copy);
        });
    }

    @Override
    public BitSet known(MeterId meter, Obis profile, Instant firstEnd, Duration period, int slots)
            throws StoreException {
        return read(r -> r.readings().known(meter, profile, firstEnd, period, slots));
    }

    @Override
    public SortedSet<Instant> closings(MeterId meter, TimeRange range) throws StoreException {
        return read(r -> r.readings().closings(meter, range));
    }

    @Override
    public List<ProfileBlock> profile(MeterId meter, Obis profile, TimeRange range) throws StoreException {
        return read(r -> r.readings().profile(meter, profile, range));
    }

    @Override
    public List<RegisterSet> registers(MeterId meter, TimeRange range) throws StoreException {
        return read(r -> r.readings().registers(meter, range));
    }

    @Override
    public long epoch() {
        return counts.epoch();
    }

    @Override
    public Opening opening() {
        return opening;
    }

    @Override
    public long lastSequence() {
        return counts.lastSequence();
    }

    @Override
    public List<OutboxEntry> pending(int maxEntries, int maxBytes, LongPredicate inFlight) throws StoreException {
        if (counts.entries() == 0) {
            return List.of();
        }
        long freshFrom = freshness.from();
        return read(r -> r.lanes().pending(maxEntries, maxBytes, inFlight, freshFrom));
    }

    /**
     * {@inheritDoc} An acknowledgement of sequences that this store never gave means that it was restored from an old
     * copy (F12): nothing is freed, and what waits is sent again under another epoch.
     */
    @Override
    public void acknowledge(Acknowledgement ack) throws StoreException {
        Optional<OutboxTable.Counts> conflict = writer.submit(s -> {
            OutboxTable.Counts now = s.outbox().counts();
            if (ack.epoch() != now.epoch()) {
                return Optional.empty();
            }
            if (highest(ack) <= now.lastSequence()) {
                s.outbox().acknowledge(ack);
                return Optional.empty();
            }
            return Optional.of(nextEpoch(s));
        });
        conflict.ifPresent(now -> files.anotherEpoch(
                now,
                ack.epoch(),
                "EPOCH_CONFLICT",
                "The collector holds sequence " + highest(ack)
                        + ", which this store never gave: it was restored from an old copy."));
    }

    @Override
    public void refused(long epoch) throws StoreException {
        Optional<OutboxTable.Counts> begun =
                writer.submit(s -> s.outbox().counts().epoch() == epoch ? Optional.of(nextEpoch(s)) : Optional.empty());
        begun.ifPresent(now -> files.anotherEpoch(
                now,
                epoch,
                "EPOCH_CONFLICT",
                "The collector holds sequences of this epoch that this store did not have when it was opened: it was"
                        + " restored from an old copy."));
    }

    private OutboxTable.Counts nextEpoch(Opened s) throws SQLException {
        s.outbox().begin(s.outbox().counts().epoch() + 1);
        freshness.clear();
        return s.outbox().counts();
    }

    private static Opening drawn(OutboxTable.Counts now) {
        return new Opening(now.epoch(), new SecureRandom().nextLong() | 1, now.lastSequence());
    }

    private static long highest(Acknowledgement ack) {
        return ack.beyond().stream().mapToLong(Acknowledgement.Range::last).reduce(ack.highWater(), Math::max);
    }

    @Override
    public void onAdded(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public Backlog backlog() throws StoreException {
        OutboxTable.Counts now = counts;
        if (now == OutboxTable.Counts.NONE) {
            // Never opened: what waits in it is not known, and "nothing" would be a lie.
            throw new StoreException("the store is not open: " + writer.trouble());
        }
        long added = now.entries() == 0 ? 0 : read(r -> r.db().number("SELECT added FROM outbox LIMIT 1"));
        long age = added == 0 ? 0 : Math.max(0, clock.instant().getEpochSecond() - added);
        return new Backlog(now.entries(), age, now.bytes(), now.values());
    }

    /** Removes acknowledged readings that are older than the retention; done by itself from time to time. */
    public void keepHouse() throws StoreException {
        int removed;
        do {
            removed = writer.submit(s -> Housekeeping.age(s, clock, settings.retention()));
        } while (Housekeeping.mayHaveMore(removed));
    }

    private <T> T read(Reader.Query<T> query) throws StoreException {
        try {
            return reader.read(query);
        } catch (SQLException e) {
            if (Database.isCorrupt(e)) {
                writer.suspect();
            }
            throw new StoreException("the store cannot be read: " + e.getMessage(), e);
        }
    }

    private void conflict(ReadingTables.Conflict c, long sequence) {
        events.event(
                "VALUE_CONFLICT",
                Severity.WARNING,
                c.meter().number(),
                c.count() + " known values of " + c.what() + " were read differently, the first at " + c.at()
                        + "; the newer read is kept here and both are at the centre.",
                Map.of("sequence", String.valueOf(sequence), "at", c.at().toString()));
    }

    /** A packed row with a wrong checksum is no knowledge: it goes, so that its meter is read again. */
    private void damaged(long block, String what) {
        events.event(
                "STORE_CORRUPT",
                Severity.CRITICAL,
                "Damaged on disk: " + what + ". The row is dropped and its meter is read again.",
                Map.of("reason", what));
        if (block != 0) {
            writer.offer(s -> s.readings().dropIfDamaged(block));
        }
    }

    /** Finishes what waits and closes in order. */
    @Override
    public void close() {
        writer.close();
        reader.close();
        try {
            files.close();
        } catch (IOException e) {
            LOG.warn("closing the store's files: {}", e.toString());
        }
        events.close();
    }

    private final class Steps implements Writer.Observer {
        @Override
        public void opened(Opened store) throws SQLException {
            counts = store.outbox().counts();
            opening = drawn(counts);
            freshness.clear();
            reader.enable();
            space.look(store);
        }

        @Override
        public void closing() {
            reader.disable();
        }

        @Override
        public void committed(Opened store, OutboxTable.Counts before) throws SQLException {
            OutboxTable.Counts now = store.outbox().counts();
            counts = now;
            if (now.epoch() != opening.epoch()) {
                opening = drawn(now);
            }
            if (now.lastSequence() > before.lastSequence()) {
                freshness.added(before.lastSequence() + 1);
                listeners.forEach(Runnable::run);
            }
            space.look(store);
        }

        @Override
        public void housekeeping() {
            writer.offer(s -> {
                int removed = Housekeeping.age(s, clock, settings.retention());
                if (Housekeeping.mayHaveMore(removed)) {
                    housekeeping();
                }
                return removed;
            });
        }
    }
}
