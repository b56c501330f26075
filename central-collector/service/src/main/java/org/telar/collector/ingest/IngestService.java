package org.telar.collector.ingest;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.FormatException;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Opening;
import org.telar.api.store.OutboxKind;
import org.telar.collector.BadInput;
import org.telar.collector.integration.PendingWork;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.ContractException;
import org.telar.contract.Event;
import org.telar.contract.Topics;

/**
 * Inbox and data of a set of batches in one transaction (R11 of reliability): idempotent by entry, any order, poison
 * aside. What it returns may be acknowledged. Thread-safe; several instances may work on one database.
 */
public final class IngestService {
    private static final int RELEASE_AT_ONCE = 500;
    private static final String SUPERSEDED = "sent before the gateway's store was restored from an older copy, which"
            + " gives this sequence to something else";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Inbox inbox;
    private final MeterBook meters;
    private final PollWriter writer;
    private final Quarantine quarantine;
    private final Counters counters;
    private final ActivityBook activities;
    private final EventBook events;

    public IngestService(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Clock clock,
            Shapes shapes,
            RegisterTypes types,
            Counters counters,
            PendingWork pending,
            ActivityBook activities,
            EventBook events) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.inbox = new Inbox(jdbc);
        this.meters = new MeterBook(jdbc);
        this.writer = new PollWriter(jdbc, shapes, types, pending, events);
        this.quarantine = new Quarantine(jdbc, clock, counters);
        this.counters = counters;
        this.activities = activities;
        this.events = events;
    }

    /**
     * Commits what the batches hold.
     *
     * @param readingBytes size on the wire of the batches of readings, for the statistics
     * @return marks to acknowledge, for every gateway and epoch among the batches
     * @throws RuntimeException when nothing was committed; {@link Transience} tells whether trying again may help
     */
    public Collection<Mark> ingest(List<Batch> batches, long readingBytes) {
        return transactions.execute(status -> {
            indexScansOnly();
            Instant now = clock.instant();
            Set<Inbox.Source> sources = new HashSet<>();
            batches.forEach(b -> sources.add(new Inbox.Source(b.gateway(), b.epoch())));
            Map<Inbox.Source, Mark> marks = lock(sources, now);
            Map<String, Long> counts = new HashMap<>();
            counts.put(Counters.BATCHES, (long) batches.size());
            counts.put(Counters.READING_BYTES, readingBytes);
            List<Received> polls = new ArrayList<>();
            Map<String, List<Event>> edgeEvents = new HashMap<>();
            for (Batch b : batches) {
                Mark mark = marks.get(new Inbox.Source(b.gateway(), b.epoch()));
                if (!mark.admits(b.opening())) {
                    counts.merge(Counters.REFUSED, (long) b.entries().size(), Long::sum);
                    continue;
                }
                for (Batch.Entry e : b.entries()) {
                    if (mark.isSuperseded(b.opening(), e.sequence())) {
                        quarantine(b, e, SUPERSEDED);
                    } else if (mark.add(e.sequence())) {
                        counts.merge(Counters.ENTRIES, 1L, Long::sum);
                        sort(b, e, polls, edgeEvents);
                    } else {
                        counts.merge(Counters.DUPLICATES, 1L, Long::sum);
                    }
                }
            }
            edgeEvents.forEach(events::fromEdge);
            take(polls, now, counts);
            save(marks.values(), now);
            counters.addAll(counts);
            activities.ingested(marks.values());
            return marks.values();
        });
    }

    /** Marks of these epochs; an epoch that begins is told, and one that is older than another is an old copy's (F12). */
    private Map<Inbox.Source, Mark> lock(Collection<Inbox.Source> sources, Instant now) {
        Inbox.Locked locked = inbox.lock(sources, now);
        for (Inbox.Source s : locked.begun()) {
            long other = inbox.otherEpoch(s);
            if (other > s.epoch()) {
                raise(
                        s,
                        now,
                        "EPOCH_ROLLED_BACK",
                        Severity.CRITICAL,
                        "Epoch " + s.epoch() + " of " + s.gateway() + " began after epoch " + other
                                + ": its store was restored from an old copy.");
            } else if (other > 0) {
                raise(
                        s,
                        now,
                        "EPOCH_BEGUN",
                        Severity.WARNING,
                        "Epoch " + s.epoch() + " of " + s.gateway() + " began after epoch " + other
                                + ": its store was lost, damaged or restored.");
            }
        }
        return locked.marks();
    }

    private void save(Collection<Mark> marks, Instant now) {
        inbox.save(marks, now);
        for (Mark m : marks) {
            if (m.isRefusedNow()) {
                raise(
                        new Inbox.Source(m.gateway(), m.epoch()),
                        now,
                        "EPOCH_CONFLICT",
                        Severity.CRITICAL,
                        "Nothing more of this epoch is taken, and nothing of it is acknowledged: " + m.refusal()
                                + ". The gateway is told to begin another.");
            }
        }
    }

    private void raise(Inbox.Source s, Instant now, String code, Severity severity, String text) {
        String id = code + "/" + s.gateway() + "/" + s.epoch();
        events.raise(
                s.gateway(), new Event(id, now, code, severity, "", text, Map.of("epoch", String.valueOf(s.epoch()))));
    }

    /** One entry by its kind; what cannot be read goes to quarantine alone. */
    private void sort(Batch b, Batch.Entry e, List<Received> polls, Map<String, List<Event>> edgeEvents) {
        try {
            accept(b, e, polls, edgeEvents);
        } catch (FormatException | ContractException poison) {
            quarantine(b, e, poison.getMessage());
        }
    }

    private void accept(Batch b, Batch.Entry e, List<Received> polls, Map<String, List<Event>> edgeEvents)
            throws FormatException, ContractException {
        switch (b.kind()) {
            case READINGS -> {
                Poll poll = PollCodec.decode(e.payload());
                String refusal = PollWriter.refusal(poll);
                if (!refusal.isEmpty()) {
                    throw new ContractException(refusal);
                }
                polls.add(new Received(b.gateway(), b.epoch(), e.sequence(), poll, e.payload()));
            }
            case EVENT ->
                edgeEvents.computeIfAbsent(b.gateway(), g -> new ArrayList<>()).add(Contract.decodeEvent(e.payload()));
            case RESULT -> activities.result(b.gateway(), b.epoch(), Contract.decodeResult(e.payload()), e.payload());
        }
    }

    /** What stands aside, newest first (R13 of reliability). */
    public List<Quarantine.Item> quarantined(int limit, long offset) {
        return quarantine.list(limit, offset);
    }

    /**
     * Tries once more what stands aside, as if it came now, for example after an update that reads it; done, it leaves
     * the quarantine.
     *
     * @throws BadInput saying why it stays
     */
    public void replay(long id) {
        transactions.executeWithoutResult(status -> {
            indexScansOnly();
            Quarantine.Item item = quarantine.lock(id).orElseThrow(() -> new BadInput("UNKNOWN_QUARANTINED", id));
            if (item.size() > item.payload().length) {
                throw new BadInput("QUARANTINE_CUT", id, item.size(), item.payload().length);
            }
            try {
                replay(item);
            } catch (FormatException | ContractException still) {
                throw new BadInput("QUARANTINE_STILL", id, still.getMessage());
            }
            quarantine.remove(id);
        });
    }

    private void replay(Quarantine.Item item) throws FormatException, ContractException {
        Batch batch = item.sequence().isPresent() ? entryOf(item) : Contract.decodeBatch(item.payload());
        if (!batch.gateway().equals(item.gateway())) {
            throw new ContractException("topic of " + item.gateway() + ", payload of " + batch.gateway());
        }
        List<Received> polls = new ArrayList<>();
        Map<String, List<Event>> edgeEvents = new HashMap<>();
        for (Batch.Entry e : batch.entries()) {
            accept(batch, e, polls, edgeEvents);
        }
        edgeEvents.forEach(events::fromEdge);
        Map<String, Long> counts = new HashMap<>();
        take(polls, clock.instant(), counts);
        counters.addAll(counts);
    }

    private static Batch entryOf(Quarantine.Item item) throws ContractException {
        String what = Topics.upward(item.topic()).map(Topics.Upward::what).orElse("");
        for (OutboxKind kind : OutboxKind.values()) {
            if (kind.topic().equals(what)) {
                Batch.Entry entry = new Batch.Entry(item.sequence().get(), item.payload());
                return new Batch(item.gateway(), item.epoch().orElse(1L), kind, List.of(entry));
            }
        }
        throw new ContractException("no such topic in the contract: " + what);
    }

    private void quarantine(Batch b, Batch.Entry e, String reason) {
        quarantine.put(
                Topics.up(b.gateway(), b.kind()),
                b.gateway(),
                Optional.of(b.epoch()),
                Optional.of(e.sequence()),
                reason,
                e.payload());
    }

    private void take(List<Received> polls, Instant now, Map<String, Long> counts) {
        if (polls.isEmpty()) {
            return;
        }
        Map<String, KnownMeter> known =
                meters.lock(polls.stream().map(r -> r.poll().meter().number()).toList());
        List<Received> inService = new ArrayList<>();
        List<Received> held = new ArrayList<>();
        for (Received r : polls) {
            KnownMeter meter = known.get(r.poll().meter().number());
            (meter != null && meter.inService() ? inService : held).add(r);
        }
        write(inService, known, now, counts);
        hold(held, known, now);
        counts.merge(Counters.HELD, (long) held.size(), Long::sum);
    }

    private void write(List<Received> polls, Map<String, KnownMeter> known, Instant now, Map<String, Long> counts) {
        if (polls.isEmpty()) {
            return;
        }
        PollWriter.Brought brought = writer.write(polls, known, now);
        counts.merge(Counters.VALUES, brought.newValues(), Long::sum);
        counts.merge(Counters.KNOWN_VALUES, brought.knownValues(), Long::sum);
        counts.merge(Counters.REGISTERS, brought.newRegisters(), Long::sum);
        counts.merge(Counters.CONFLICTS, brought.conflicts(), Long::sum);
        activities.polled(polls.stream()
                .filter(r -> r.poll().activity().isPresent())
                .map(r -> new ActivityBook.Brought(
                        r.poll().activity().get(), r.gateway(), r.epoch(), r.sequence(), r.poll(), r.payload()))
                .toList());
    }

    private void hold(List<Received> polls, Map<String, KnownMeter> known, Instant now) {
        new SetStatement<>(jdbc, polls)
                .texts(Received::gateway)
                .longs(Received::epoch)
                .longs(Received::sequence)
                .texts(r -> r.poll().meter().number())
                .texts(r -> Optional.ofNullable(known.get(r.poll().meter().number()))
                        .map(m -> "the meter is " + m.state())
                        .orElse("the meter is unknown"))
                .bytes(Received::payload)
                .seconds(r -> now)
                .update("INSERT INTO held_poll (gateway, epoch, sequence, meter_no, reason, payload, held_at)"
                        + " SELECT g, e, s, m, r, p, to_timestamp(t) FROM unnest(?::text[], ?::bigint[], ?::bigint[],"
                        + " ?::text[], ?::text[], ?::bytea[], ?::bigint[]) AS k(g, e, s, m, r, p, t)"
                        + " ON CONFLICT DO NOTHING");
    }

    /**
     * Polls that came in another way than an upload, by the same rules and keys (D23): what is known changes nothing.
     *
     * @param source tells this origin from every epoch and every other origin, below 0
     * @param entries numbered from 1 within the origin
     * @return counts by the names of {@link Counters}
     */
    public Map<String, Long> extracted(String gateway, long source, List<Batch.Entry> entries) {
        return transactions.execute(status -> {
            indexScansOnly();
            Map<String, Long> counts = new HashMap<>();
            List<Received> polls = new ArrayList<>();
            Batch batch = new Batch(gateway, source, OutboxKind.READINGS, entries);
            entries.forEach(e -> sort(batch, e, polls, new HashMap<>()));
            counts.put(Counters.ENTRIES, (long) entries.size());
            take(polls, clock.instant(), counts);
            counters.addAll(counts);
            counts.put(Counters.QUARANTINED, (long) entries.size() - polls.size());
            return counts;
        });
    }

    /**
     * Ingests held polls whose meters came into service since (fault 33).
     *
     * @return how many; call again while it is not 0
     */
    public int release() {
        Integer released = transactions.execute(status -> {
            indexScansOnly();
            List<Received> polls = jdbc.query(
                    "WITH ready AS (SELECT h.id FROM held_poll h JOIN meter m USING (meter_no)"
                            + " WHERE m.state IN ('COMMISSIONED', 'SUSPENDED') ORDER BY h.id LIMIT " + RELEASE_AT_ONCE
                            + " FOR UPDATE OF h SKIP LOCKED)"
                            + " DELETE FROM held_poll h USING ready WHERE h.id = ready.id"
                            + " RETURNING h.gateway, h.epoch, h.sequence, h.payload",
                    (r, n) -> new Received(
                            r.getString(1), r.getLong(2), r.getLong(3), poll(r.getBytes(4)), r.getBytes(4)));
            if (!polls.isEmpty()) {
                Map<String, Long> counts = new HashMap<>();
                take(polls, clock.instant(), counts);
                counts.put(Counters.HELD, -(long) polls.size() + counts.getOrDefault(Counters.HELD, 0L));
                counters.addAll(counts);
            }
            return polls.size();
        });
        return released == null ? 0 : released;
    }

    private static Poll poll(byte[] payload) {
        try {
            return PollCodec.decode(payload);
        } catch (FormatException e) {
            throw new IllegalStateException("a held poll is damaged: " + e.getMessage(), e);
        }
    }

    /** What is committed of an epoch, to be told again to a gateway that came back; judges its store's opening. */
    public Collection<Mark> marks(String gateway, Opening opening) {
        return transactions.execute(status -> {
            Instant now = clock.instant();
            Collection<Mark> marks = lock(List.of(new Inbox.Source(gateway, opening.epoch())), now)
                    .values();
            marks.forEach(m -> m.admits(opening));
            save(marks, now);
            return marks;
        });
    }

    /** A whole message that nobody can read: kept with its reason. */
    public void quarantineMessage(String topic, String gateway, String reason, byte[] payload) {
        transactions.executeWithoutResult(
                status -> quarantine.put(topic, gateway, Optional.empty(), Optional.empty(), reason, payload));
    }

    /** One entry that the database refuses whatever is done: kept with its reason, and done with. */
    public Collection<Mark> quarantineEntry(Batch batch, Batch.Entry entry, String reason) {
        return transactions.execute(status -> {
            Instant now = clock.instant();
            Map<Inbox.Source, Mark> marks = lock(List.of(new Inbox.Source(batch.gateway(), batch.epoch())), now);
            Mark mark = marks.values().iterator().next();
            if (mark.admits(batch.opening())
                    && !mark.isSuperseded(batch.opening(), entry.sequence())
                    && mark.add(entry.sequence())) {
                quarantine(batch, entry, reason);
                activities.ingested(marks.values());
            }
            save(marks.values(), now);
            return marks.values();
        });
    }

    /** Statistics of young tables mislead the planner into reading whole partitions for a handful of keys. */
    private void indexScansOnly() {
        jdbc.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off");
    }
}
