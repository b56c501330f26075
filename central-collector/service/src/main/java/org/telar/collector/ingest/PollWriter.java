package org.telar.collector.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.StatusWord;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.integration.PendingWork;
import org.telar.contract.Event;

/**
 * Polls of meters in service become rows, and their new samples pending CIM work, in the transaction of the calling
 * thread (D11). Thread-safe.
 */
final class PollWriter {
    private final JdbcTemplate jdbc;
    private final Shapes shapes;
    private final RegisterTypes types;
    private final PendingWork pending;
    private final EventBook events;

    /**
     * What a set of polls brought.
     *
     * @param newValues channel values of profiles the centre did not hold
     * @param knownValues values it held already
     */
    record Brought(long newValues, long knownValues, long newRegisters, long conflicts) {}

    private record Taken(
            Received received, KnownMeter meter, List<Fresh> profiles, List<RegisterStore.FreshSet> registers) {}

    /** Sums of one activity and meter. */
    private static final class Intake {
        private int polls;
        private long newValues;
        private long knownValues;
        private long newRegisters;
        private Instant newest;
    }

    private record IntakeKey(String activity, int meterId) {}

    private record Word(int meterId, StatusWord word, Instant readAt) {}

    PollWriter(JdbcTemplate jdbc, Shapes shapes, RegisterTypes types, PendingWork pending, EventBook events) {
        this.jdbc = jdbc;
        this.shapes = shapes;
        this.types = types;
        this.pending = pending;
        this.events = events;
    }

    /** Why a poll cannot be stored, or empty. */
    static String refusal(Poll poll) {
        return poll.profiles().stream()
                .map(ProfileStore::refusal)
                .filter(r -> !r.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** @param polls with their meters, locked by the caller */
    Brought write(List<Received> polls, Map<String, KnownMeter> meters, Instant now) {
        ProfileStore profiles = new ProfileStore(jdbc, shapes);
        RegisterStore registers = new RegisterStore(jdbc, types);
        List<Taken> taken = new ArrayList<>();
        for (Received r : polls) {
            KnownMeter meter = meters.get(r.poll().meter().number());
            long readAt = r.poll().readAt().getEpochSecond();
            List<Fresh> fresh = new ArrayList<>();
            r.poll().profiles().forEach(b -> fresh.add(profiles.add(meter, b, readAt)));
            List<RegisterStore.FreshSet> sets = new ArrayList<>();
            r.poll().registers().forEach(s -> sets.add(registers.add(meter, s, readAt)));
            taken.add(new Taken(r, meter, fresh, sets));
        }
        List<Overruled> overruled = new ArrayList<>();
        profiles.write(now, overruled);
        registers.write(now, overruled);
        history(overruled, now);
        statusWords(taken);
        intake(taken);
        contacts(taken);
        taken.forEach(this::passOn);
        report(taken, overruled, now);
        return sum(taken, overruled.size());
    }

    private void passOn(Taken t) {
        List<ProfileBlock> blocks = t.profiles().stream()
                .map(Fresh::onlyNew)
                .flatMap(Optional::stream)
                .toList();
        List<RegisterSet> sets = t.registers().stream()
                .map(RegisterStore.FreshSet::onlyNew)
                .flatMap(Optional::stream)
                .toList();
        if (blocks.isEmpty() && sets.isEmpty()) {
            return;
        }
        Poll p = t.received().poll();
        pending.add(
                t.received().gateway(),
                p.activity().orElse(""),
                new Poll(p.meter(), p.readAt(), p.path(), p.activity(), p.clockOffset(), blocks, sets, List.of()));
    }

    private static Brought sum(List<Taken> taken, long conflicts) {
        long fresh = 0;
        long known = 0;
        long registers = 0;
        for (Taken t : taken) {
            fresh += t.profiles().stream().mapToLong(Fresh::newValues).sum();
            known += t.profiles().stream().mapToLong(Fresh::knownValues).sum();
            known += t.registers().stream()
                    .mapToLong(RegisterStore.FreshSet::knownValues)
                    .sum();
            registers += t.registers().stream()
                    .mapToLong(RegisterStore.FreshSet::newValues)
                    .sum();
        }
        return new Brought(fresh, known, registers, conflicts);
    }

    private void history(List<Overruled> overruled, Instant now) {
        new SetStatement<>(jdbc, overruled)
                .ints(Overruled::meterId)
                .texts(Overruled::what)
                .seconds(Overruled::at)
                .ints(Overruled::status)
                .texts(o -> ProfileStore.cells(o.cells()))
                .longs(Overruled::readAt)
                .texts(Overruled::reason)
                .seconds(o -> now)
                .update("INSERT INTO reading_history (meter_id, what, at, status, cells, read_at, reason, recorded_at)"
                        + " SELECT m, w, to_timestamp(a), s, c::bigint[], to_timestamp(r), x, to_timestamp(n)"
                        + " FROM unnest(?::int[], ?::text[], ?::bigint[], ?::int[], ?::text[], ?::bigint[], ?::text[],"
                        + " ?::bigint[]) AS k(m, w, a, s, c, r, x, n)");
    }

    private void statusWords(List<Taken> taken) {
        Map<String, Word> words = new LinkedHashMap<>();
        for (Taken t : taken) {
            for (StatusWord w : t.received().poll().statusWords()) {
                Word word = new Word(t.meter().id(), w, t.received().poll().readAt());
                words.put(word.meterId() + "/" + w.object() + "/" + word.readAt(), word);
            }
        }
        List<Word> sorted = new ArrayList<>(words.values());
        sorted.sort((a, b) -> a.readAt().compareTo(b.readAt()));
        new SetStatement<>(jdbc, sorted)
                .ints(Word::meterId)
                .texts(w -> w.word().object().toString())
                .seconds(Word::readAt)
                .longs(w -> w.word().bits())
                .update("INSERT INTO status_word (meter_id, object, read_at, bits)"
                        + " SELECT m, o, to_timestamp(r), b FROM unnest(?::int[], ?::text[], ?::bigint[], ?::bigint[])"
                        + " AS k(m, o, r, b) WHERE b IS DISTINCT FROM (SELECT w.bits FROM status_word w"
                        + " WHERE w.meter_id = m AND w.object = o AND w.read_at <= to_timestamp(r)"
                        + " ORDER BY w.read_at DESC LIMIT 1) ON CONFLICT DO NOTHING");
    }

    private void intake(List<Taken> taken) {
        Map<IntakeKey, Intake> sums = new HashMap<>();
        for (Taken t : taken) {
            Poll p = t.received().poll();
            if (p.activity().isEmpty()) {
                continue;
            }
            Intake s = sums.computeIfAbsent(
                    new IntakeKey(p.activity().get(), t.meter().id()), k -> new Intake());
            s.polls++;
            s.newValues += t.profiles().stream().mapToLong(Fresh::newValues).sum();
            s.knownValues += t.profiles().stream().mapToLong(Fresh::knownValues).sum();
            s.newRegisters += t.registers().stream()
                    .mapToLong(RegisterStore.FreshSet::newValues)
                    .sum();
            Instant newest = newest(p);
            if (newest != null && (s.newest == null || newest.isAfter(s.newest))) {
                s.newest = newest;
            }
        }
        new SetStatement<>(
                        jdbc,
                        sums.entrySet().stream()
                                .sorted((a, b) -> {
                                    int c = a.getKey()
                                            .activity()
                                            .compareTo(b.getKey().activity());
                                    return c != 0
                                            ? c
                                            : Integer.compare(
                                                    a.getKey().meterId(),
                                                    b.getKey().meterId());
                                })
                                .toList())
                .texts(e -> e.getKey().activity())
                .ints(e -> e.getKey().meterId())
                .ints(e -> e.getValue().polls)
                .longs(e -> e.getValue().newValues)
                .longs(e -> e.getValue().knownValues)
                .longs(e -> e.getValue().newRegisters)
                .seconds(e -> e.getValue().newest)
                .update("INSERT INTO intake AS i (activity, meter_id, polls, new_values, known_values, new_registers,"
                        + " newest) SELECT a, m, p, n, k, r, to_timestamp(t) FROM unnest(?::text[], ?::int[], ?::int[],"
                        + " ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) AS x(a, m, p, n, k, r, t)"
                        + " ON CONFLICT (activity, meter_id) DO UPDATE SET polls = i.polls + EXCLUDED.polls,"
                        + " new_values = i.new_values + EXCLUDED.new_values,"
                        + " known_values = i.known_values + EXCLUDED.known_values,"
                        + " new_registers = i.new_registers + EXCLUDED.new_registers,"
                        + " newest = greatest(i.newest, EXCLUDED.newest)");
    }

    /** The end of the last slot that has a row, or null. */
    private static Instant newest(Poll poll) {
        Instant newest = null;
        for (ProfileBlock b : poll.profiles()) {
            for (int i = b.slots() - 1; i >= 0; i--) {
                if (b.status()[i] >= 0) {
                    Instant end = b.endOf(i);
                    newest = newest == null || end.isAfter(newest) ? end : newest;
                    break;
                }
            }
        }
        return newest;
    }

    private void contacts(List<Taken> taken) {
        Map<Integer, Taken> last = new LinkedHashMap<>();
        Map<Integer, Instant> newest = new HashMap<>();
        Map<Integer, Long> periods = new HashMap<>();
        for (Taken t : taken) {
            Poll p = t.received().poll();
            last.merge(
                    t.meter().id(),
                    t,
                    (a, b) -> b.received()
                                    .poll()
                                    .readAt()
                                    .isBefore(a.received().poll().readAt())
                            ? a
                            : b);
            Instant n = newest(p);
            if (n != null) {
                newest.merge(t.meter().id(), n, (a, b) -> a.isAfter(b) ? a : b);
            }
            p.profiles().forEach(b -> periods.put(t.meter().id(), b.period().toSeconds()));
        }
        new SetStatement<>(
                        jdbc,
                        last.values().stream()
                                .sorted((a, b) -> Integer.compare(
                                        a.meter().id(), b.meter().id()))
                                .toList())
                .ints(t -> t.meter().id())
                .seconds(t -> t.received().poll().readAt())
                .seconds(t -> newest.get(t.meter().id()))
                .ints(t -> periods.getOrDefault(t.meter().id(), 0L).intValue())
                .texts(t -> t.received().poll().path())
                .texts(t -> t.received()
                        .poll()
                        .clockOffset()
                        .map(d -> Long.toString(d.toMillis()))
                        .orElse(null))
                .update("INSERT INTO meter_contact AS c (meter_id, state, last_contact, newest_sample, period_s, path,"
                        + " clock_offset_ms)"
                        + " SELECT m, 'REACHED', to_timestamp(l), to_timestamp(n), CASE WHEN p > 0 THEN p ELSE 900 END,"
                        + " w, o::bigint FROM unnest(?::int[], ?::bigint[], ?::bigint[], ?::int[], ?::text[], ?::text[])"
                        + " AS k(m, l, n, p, w, o) ON CONFLICT (meter_id) DO UPDATE SET"
                        + " state = CASE WHEN EXCLUDED.last_contact > c.last_contact OR c.last_contact IS NULL"
                        + " THEN 'REACHED' ELSE c.state END,"
                        + " last_contact = greatest(c.last_contact, EXCLUDED.last_contact),"
                        + " newest_sample = greatest(c.newest_sample, EXCLUDED.newest_sample),"
                        + " period_s = CASE WHEN EXCLUDED.newest_sample IS NULL THEN c.period_s ELSE EXCLUDED.period_s END,"
                        + " path = EXCLUDED.path,"
                        + " clock_offset_ms = coalesce(EXCLUDED.clock_offset_ms, c.clock_offset_ms)");
    }

    /** Conflicts (D21, R3 of reliability) and meters on a foreign island (D20) are events. */
    private void report(List<Taken> taken, List<Overruled> overruled, Instant now) {
        Map<Integer, KnownMeter> meters = new HashMap<>();
        Map<Integer, Received> last = new HashMap<>();
        for (Taken t : taken) {
            meters.put(t.meter().id(), t.meter());
            last.put(t.meter().id(), t.received());
            String bound = t.meter().gateway();
            if (!bound.isEmpty() && !bound.equals(t.received().gateway())) {
                String text = "Meter " + t.meter().number() + " is bound to " + bound + " and was read by "
                        + t.received().gateway() + "; its readings were taken.";
                String id = "island/" + t.meter().number() + "/" + t.received().gateway() + "/"
                        + t.received().poll().readAt().getEpochSecond() / 86_400;
                events.raise(
                        t.received().gateway(),
                        new Event(
                                id,
                                now,
                                "METER_ON_FOREIGN_ISLAND",
                                Severity.WARNING,
                                t.meter().number(),
                                text,
                                Map.of("bound_to", bound)));
            }
        }
        Map<Integer, List<Overruled>> byMeter = new LinkedHashMap<>();
        overruled.forEach(o ->
                byMeter.computeIfAbsent(o.meterId(), k -> new ArrayList<>()).add(o));
        byMeter.forEach((meterId, list) -> {
            Received r = last.get(meterId);
            String number = meters.get(meterId).number();
            Overruled first = list.get(0);
            String text = list.size() + " readings of meter " + number + " differ from ones held, the first of "
                    + first.what() + " at " + first.at() + "; the later read stands, the other one is in the history.";
            String id = "conflict/" + number + "/" + r.gateway() + "/" + r.epoch() + "/" + r.sequence();
            events.raise(
                    r.gateway(),
                    new Event(
                            id,
                            now,
                            "READING_CONFLICT",
                            Severity.WARNING,
                            number,
                            text,
                            Map.of("readings", Integer.toString(list.size()))));
        });
    }
}
