package org.telar.collector.n2pload;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.BlockCodec;
import org.telar.api.model.FormatException;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.collector.ingest.LocalDay;

/**
 * Which intervals of a meter's load profile the centre does not hold, and why: the meter has no row, or nobody reached
 * it. Kept in the table since when they were first seen; looked at again whenever a run has been judged. Thread-safe.
 */
@Component
public class LoadGaps {
    /** How far back gaps are looked for; meters keep at least 45 days. */
    static final int DAYS = 60;

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /**
     * A range of interval ends, {@code from} exclusive, {@code to} inclusive.
     *
     * @param group logical name of the profile
     * @param cause MISSING_AT_METER, a code of D13, or NOT_COLLECTED
     */
    public record Gap(
            String meter, String group, Instant from, Instant to, String cause, String detail, Instant firstSeen) {}

    private record Span(Instant from, Instant to, boolean missingAtMeter) {}

    private record Row(LocalDate day, String profile, int present, int expected, byte[] block, int period) {}

    private record Subject(ZoneId zone, Optional<Instant> since, String outcome, String ko, String detail) {}

    public LoadGaps(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Looks again at one meter up to an instant; joins the caller's transaction. */
    void refresh(int meterId, Instant until) {
        Subject subject = subject(meterId);
        LocalDate last = LocalDate.ofInstant(until, subject.zone());
        LocalDate first = last.minusDays(DAYS);
        Map<String, List<Row>> byProfile = new HashMap<>();
        for (Row r : rows(meterId, first, last)) {
            byProfile.computeIfAbsent(r.profile(), p -> new ArrayList<>()).add(r);
        }
        if (byProfile.isEmpty() && subject.since().isPresent()) {
            Instant from = subject.since().get();
            if (from.isBefore(until)) {
                save(meterId, "1.0.99.1.0.255", List.of(new Span(from, until, false)), subject);
            }
        }
        closings(meterId, subject, first, last, until);
        byProfile.forEach((profile, rows) -> save(meterId, profile, spans(rows, subject, first, last, until), subject));
    }

    /** Daily closings, stamped at the first instant of the day after (D5, R49). */
    private void closings(int meterId, Subject subject, LocalDate first, LocalDate last, Instant until) {
        Set<Instant> held = new HashSet<>(jdbc.query(
                "SELECT DISTINCT stamp FROM register_reading WHERE meter_id = ? AND kind = ? AND stamp >= ? AND stamp <= ?",
                (r, n) -> r.getTimestamp(1).toInstant(),
                meterId,
                RegisterKind.DAILY.code(),
                Timestamp.from(first.atStartOfDay(subject.zone()).toInstant()),
                Timestamp.from(until)));
        Optional<Instant> oldest = held.stream().min(Instant::compareTo);
        Optional<Instant> since = subject.since()
                .filter(s -> oldest.filter(o -> o.isBefore(s)).isEmpty())
                .or(() -> oldest);
        List<Span> spans = new ArrayList<>();
        for (LocalDate day = first; since.isPresent() && !day.isAfter(last); day = day.plusDays(1)) {
            Instant stamp = day.atStartOfDay(subject.zone()).toInstant();
            if (stamp.isAfter(since.get()) && !stamp.isAfter(until) && !held.contains(stamp)) {
                extend(spans, day.minusDays(1).atStartOfDay(subject.zone()).toInstant(), stamp, false);
            }
        }
        save(meterId, Obis.DAILY_CLOSING.toString(), spans, subject);
    }

    private List<Span> spans(List<Row> rows, Subject subject, LocalDate first, LocalDate last, Instant until) {
        Map<LocalDate, List<Row>> byDay = new HashMap<>();
        rows.forEach(r -> byDay.computeIfAbsent(r.day(), d -> new ArrayList<>()).add(r));
        Row newest = rows.get(rows.size() - 1);
        Duration period = Duration.ofSeconds(newest.period());
        ProfileBlock grid = decode(newest.block());
        int phase = (int) Math.floorMod(grid.firstEnd().getEpochSecond(), period.toSeconds());
        Instant since = start(rows.get(0), subject);
        List<Span> spans = new ArrayList<>();
        for (LocalDate day = LocalDate.ofInstant(since, subject.zone()); !day.isAfter(last); day = day.plusDays(1)) {
            if (day.isBefore(first)) {
                continue;
            }
            LocalDay slots = LocalDay.on(day, period, phase, subject.zone());
            int[] states = states(byDay.getOrDefault(day, List.of()), slots, period);
            for (int i = 0; i < slots.slots(); i++) {
                Instant end = slots.firstEnd().plus(period.multipliedBy(i));
                if (states[i] < 0 && end.isAfter(since) && !end.isAfter(until)) {
                    extend(spans, end.minus(period), end, states[i] == ProfileBlock.MISSING);
                }
            }
        }
        return spans;
    }

    /** From the first thing held, or from the commissioning when that was earlier. */
    private static Instant start(Row oldest, Subject subject) {
        ProfileBlock block = decode(oldest.block());
        Instant held = block.firstEnd().minus(block.period());
        for (int i = 0; i < block.slots(); i++) {
            if (block.status()[i] != ProfileBlock.NOT_READ) {
                held = block.endOf(i).minus(block.period());
                break;
            }
        }
        Instant firstHeld = held;
        return subject.since().filter(s -> s.isBefore(firstHeld)).orElse(firstHeld);
    }

    private static int[] states(List<Row> rows, LocalDay day, Duration period) {
        int[] states = new int[day.slots()];
        java.util.Arrays.fill(states, ProfileBlock.NOT_READ);
        for (Row r : rows) {
            if (r.present() >= r.expected()) {
                return new int[day.slots()];
            }
            ProfileBlock block = decode(r.block());
            for (int i = 0; i < block.slots(); i++) {
                int slot = day.slotOf(block.endOf(i), period);
                if (slot >= 0 && slot < states.length) {
                    states[slot] = Math.max(states[slot], Math.min(0, block.status()[i]));
                }
            }
        }
        return states;
    }

    private static void extend(List<Span> spans, Instant from, Instant to, boolean missing) {
        if (!spans.isEmpty()) {
            Span before = spans.get(spans.size() - 1);
            if (before.to().equals(from) && before.missingAtMeter() == missing) {
                spans.set(spans.size() - 1, new Span(before.from(), to, missing));
                return;
            }
        }
        spans.add(new Span(from, to, missing));
    }

    private void save(int meterId, String profile, List<Span> spans, Subject subject) {
        Timestamp now = Timestamp.from(clock.instant());
        record Old(Instant from, Instant to, Timestamp seen) {}
        List<Old> old = jdbc.query(
                "DELETE FROM load_gap WHERE meter_id = ? AND profile = ? RETURNING from_ts, to_ts, first_seen",
                (r, n) ->
                        new Old(r.getTimestamp(1).toInstant(), r.getTimestamp(2).toInstant(), r.getTimestamp(3)),
                meterId,
                profile);
        for (Span s : spans) {
            Timestamp seen = old.stream()
                    .filter(o -> o.from().isBefore(s.to()) && s.from().isBefore(o.to()))
                    .map(Old::seen)
                    .min(Timestamp::compareTo)
                    .orElse(now);
            jdbc.update(
                    "INSERT INTO load_gap (meter_id, profile, from_ts, to_ts, cause, detail, first_seen)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    meterId,
                    profile,
                    Timestamp.from(s.from()),
                    Timestamp.from(s.to()),
                    cause(s, subject),
                    s.missingAtMeter() ? "the meter holds no row" : subject.detail(),
                    seen);
        }
    }

    private static String cause(Span span, Subject subject) {
        if (span.missingAtMeter()) {
            return "MISSING_AT_METER";
        }
        if (!subject.ko().isEmpty()) {
            return subject.ko();
        }
        boolean told =
                subject.outcome().equals("NOT_REACHED") || subject.outcome().equals("PROFILE_STALE");
        return told ? subject.outcome() : "NOT_COLLECTED";
    }

    private Subject subject(int meterId) {
        return jdbc.queryForObject(
                "SELECT m.zone, m.commissioned_at, coalesce(c.last_outcome, ''), coalesce(c.last_ko, ''),"
                        + " coalesce(c.last_detail, '') FROM meter m LEFT JOIN meter_contact c USING (meter_id)"
                        + " WHERE m.meter_id = ?",
                (r, n) -> new Subject(
                        ZoneId.of(r.getString(1)),
                        Optional.ofNullable(r.getTimestamp(2)).map(Timestamp::toInstant),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5)),
                meterId);
    }

    private List<Row> rows(int meterId, LocalDate first, LocalDate last) {
        return jdbc.query(
                "SELECT d.day, s.profile, d.n_present, d.n_expected, d.block, s.period_s FROM lp_day d"
                        + " JOIN lp_shape s USING (shape_id) WHERE d.meter_id = ? AND d.day BETWEEN ? AND ?"
                        + " ORDER BY d.day, d.updated_at",
                (r, n) -> new Row(
                        r.getObject(1, LocalDate.class),
                        r.getString(2),
                        r.getInt(3),
                        r.getInt(4),
                        r.getBytes(5),
                        r.getInt(6)),
                meterId,
                first,
                last);
    }

    private static ProfileBlock decode(byte[] block) {
        try {
            return BlockCodec.decode(block);
        } catch (FormatException e) {
            throw new IllegalStateException("a stored block is damaged", e);
        }
    }

    /** Gaps that touch a range, by meter and time. */
    public List<Gap> list(Instant from, Instant to, String gateway, int limit, long offset) {
        return jdbc.query(
                "SELECT m.meter_no, g.profile, g.from_ts, g.to_ts, g.cause, g.detail, g.first_seen FROM load_gap g"
                        + " JOIN meter m USING (meter_id) WHERE g.from_ts < ? AND g.to_ts > ?"
                        + " AND (? = '' OR m.gateway_id = ?) ORDER BY m.meter_no, g.profile, g.from_ts LIMIT ? OFFSET ?",
                (r, n) -> new Gap(
                        r.getString(1),
                        r.getString(2),
                        r.getTimestamp(3).toInstant(),
                        r.getTimestamp(4).toInstant(),
                        r.getString(5),
                        r.getString(6),
                        r.getTimestamp(7).toInstant()),
                Timestamp.from(to),
                Timestamp.from(from),
                gateway,
                gateway,
                limit,
                offset);
    }

    public long count(Instant from, Instant to, String gateway) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM load_gap g JOIN meter m USING (meter_id) WHERE g.from_ts < ? AND g.to_ts > ?"
                        + " AND (? = '' OR m.gateway_id = ?)",
                Long.class,
                Timestamp.from(to),
                Timestamp.from(from),
                gateway,
                gateway);
        return n == null ? 0 : n;
    }
}
