package org.telar.collector.n2pload;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.Ko;
import org.telar.contract.Result;

/** N2PLoad runs in the database. Thread-safe; changes join the caller's transaction. */
@Component
public class LoadRuns {
    private static final Logger LOG = LoggerFactory.getLogger(LoadRuns.class);

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final LoadGaps gaps;

    /** A run as it stands. */
    public record Run(
            String id,
            String gateway,
            String origin,
            String state,
            Instant orderedAt,
            Optional<Instant> deadline,
            Optional<Instant> started,
            Optional<Instant> finished,
            Optional<Instant> judgedAt,
            Optional<Boolean> complete,
            String detail) {}

    /** One meter of a run. */
    public record MeterOutcome(
            String meter,
            Outcome outcome,
            Optional<Instant> lastContact,
            Optional<Instant> newest,
            long samples,
            long newValues,
            long newRegisters,
            String ko,
            String detail) {}

    /** @param taken false when the run was judged before, or is another gateway's */
    public record Verdict(boolean taken, boolean allReached, String words) {}

    /** What the centre knows of a meter while it judges. */
    private record Known(int id, long brought, long registers, Optional<Instant> newest, Duration period) {}

    public LoadRuns(JdbcTemplate jdbc, Clock clock, LoadGaps gaps) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.gaps = gaps;
    }

    /** A run that the centre orders. */
    public void ordered(String id, String gateway, Instant deadline) {
        jdbc.update(
                "INSERT INTO load_run (run_id, gateway, origin, state, ordered_at, deadline)"
                        + " VALUES (?, ?, 'CENTRE', 'ORDERED', ?, ?) ON CONFLICT DO NOTHING",
                id,
                gateway,
                Timestamp.from(clock.instant()),
                Timestamp.from(deadline));
    }

    /** Judges a run whose data has been ingested. */
    public Verdict judge(String gateway, Result.RunSummary s) {
        Instant now = clock.instant();
        jdbc.update(
                "INSERT INTO load_run (run_id, gateway, origin, state, ordered_at) VALUES (?, ?, 'AGENDA', 'RUNNING', ?)"
                        + " ON CONFLICT DO NOTHING",
                s.run(),
                gateway,
                Timestamp.from(s.started()));
        int mine = jdbc.update(
                "UPDATE load_run SET state = 'JUDGED', started = ?, finished = ?, judged_at = ?, complete = ?, detail = ?"
                        + " WHERE run_id = ? AND gateway = ? AND state <> 'JUDGED'",
                Timestamp.from(s.started()),
                Timestamp.from(s.finished()),
                Timestamp.from(now),
                s.complete(),
                s.complete() ? "" : "the deadline ended the run",
                s.run(),
                gateway);
        if (mine == 0) {
            return new Verdict(false, false, "");
        }
        Map<String, Known> known = known(gateway, s);
        EnumMap<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (Result.Outcome o : s.meters()) {
            Known k = known.get(o.meter());
            Outcome outcome = outcome(s, o, k);
            counts.merge(outcome, 1, Integer::sum);
            store(s, o, k, outcome);
            if (k != null) {
                reachability(s, o, k, outcome);
                boolean reached = outcome == Outcome.NEW || outcome == Outcome.NOTHING_NEW;
                gaps.refresh(k.id(), reached ? o.lastContact().orElse(s.started()) : s.finished());
            }
        }
        int unreached = counts.getOrDefault(Outcome.NOT_REACHED, 0);
        String words = s.meters().size() + " meters: " + counts;
        LOG.info("N2PLoad {} of {} judged, {}", s.run(), gateway, words);
        return new Verdict(true, unreached == 0, words);
    }

    private static Outcome outcome(Result.RunSummary s, Result.Outcome o, Known k) {
        if (k == null) {
            boolean contact = o.lastContact().isPresent() && o.ko().isEmpty();
            return contact ? Outcome.NOTHING_NEW : Outcome.NOT_REACHED;
        }
        boolean failed = o.ko().isPresent();
        return Outcome.judge(new Outcome.Facts(
                k.brought() + k.registers(),
                failed,
                o.lastContact(),
                s.started().truncatedTo(ChronoUnit.SECONDS),
                k.newest(),
                k.period()));
    }

    /**
     * What came in under the run. A run that was shared with another order of the same gateway brought its data under
     * that one's name, so everything that overlaps it counts.
     */
    private Map<String, Known> known(String gateway, Result.RunSummary s) {
        Map<String, Known> known = new HashMap<>();
        jdbc.query(
                "SELECT m.meter_no, m.meter_id, coalesce(sum(i.new_values), 0), coalesce(sum(i.new_registers), 0),"
                        + " max(c.newest_sample), coalesce(max(c.period_s), 900)"
                        + " FROM unnest(?::text[]) AS k(no) JOIN meter m ON m.meter_no = k.no"
                        + " LEFT JOIN intake i ON i.meter_id = m.meter_id AND (i.activity = ?"
                        + "   OR i.activity IN (SELECT r.run_id FROM load_run r WHERE r.gateway = ? AND r.started = ?))"
                        + " LEFT JOIN meter_contact c ON c.meter_id = m.meter_id GROUP BY m.meter_no, m.meter_id",
                r -> {
                    known.put(
                            r.getString(1),
                            new Known(
                                    r.getInt(2),
                                    r.getLong(3),
                                    r.getLong(4),
                                    Optional.ofNullable(r.getTimestamp(5)).map(Timestamp::toInstant),
                                    Duration.ofSeconds(r.getInt(6))));
                },
                s.meters().stream().map(Result.Outcome::meter).toArray(String[]::new),
                s.run(),
                gateway,
                Timestamp.from(s.started()));
        return known;
    }

    private void store(Result.RunSummary s, Result.Outcome o, Known k, Outcome outcome) {
        jdbc.update(
                "INSERT INTO load_run_meter (run_id, meter_no, outcome, last_contact, newest, samples, new_values,"
                        + " new_registers, ko, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                s.run(),
                o.meter().replace("\u0000", ""),
                outcome.name(),
                timestamp(o.lastContact()),
                timestamp(o.newest()),
                o.samples(),
                k == null ? 0 : k.brought(),
                k == null ? 0 : k.registers(),
                o.ko().map(Ko::name).orElse(""),
                o.detail().replace("\u0000", ""));
    }

    private void reachability(Result.RunSummary s, Result.Outcome o, Known k, Outcome outcome) {
        String state =
                switch (outcome) {
                    case NEW, NOTHING_NEW -> "REACHED";
                    case PROFILE_STALE -> "STALE";
                    case NOT_REACHED -> "UNREACHED";
                };
        jdbc.update(
                "INSERT INTO meter_contact AS c (meter_id, state, last_contact, last_run, last_outcome, last_ko, last_detail,"
                        + " stale_runs) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (meter_id) DO UPDATE SET"
                        + " state = EXCLUDED.state, last_contact = greatest(c.last_contact, EXCLUDED.last_contact),"
                        + " last_run = EXCLUDED.last_run, last_outcome = EXCLUDED.last_outcome,"
                        + " last_ko = EXCLUDED.last_ko, last_detail = EXCLUDED.last_detail,"
                        + " stale_runs = CASE WHEN EXCLUDED.stale_runs = 0 THEN 0 ELSE c.stale_runs + 1 END",
                k.id(),
                state,
                timestamp(o.lastContact()),
                s.run(),
                outcome.name(),
                o.ko().map(Ko::name).orElse(""),
                o.detail().replace("\u0000", ""),
                outcome == Outcome.PROFILE_STALE || outcome == Outcome.NOT_REACHED ? 1 : 0);
    }

    /** The concentrator refused the run. */
    public void failed(String id, String why) {
        over(id, "FAILED", why);
    }

    /** Runs whose order ended without a summary follow it. */
    public void followOrders() {
        jdbc.update("UPDATE load_run r SET state = CASE WHEN o.state = 'EXPIRED' THEN 'EXPIRED' ELSE 'FAILED' END,"
                + " detail = o.detail FROM orders o WHERE o.order_id = r.run_id AND r.state IN ('ORDERED', 'RUNNING')"
                + " AND o.state IN ('EXPIRED', 'CANCELLED', 'FAIL')");
        jdbc.update("UPDATE load_run r SET state = 'RUNNING' FROM orders o WHERE o.order_id = r.run_id"
                + " AND r.state = 'ORDERED' AND o.state = 'RUNNING'");
    }

    private void over(String id, String state, String why) {
        jdbc.update(
                "UPDATE load_run SET state = ?, detail = ? WHERE run_id = ? AND state IN ('ORDERED', 'RUNNING')",
                state,
                why,
                id);
    }

    /** The run of a concentrator that the centre ordered and that is not over: there is one at a time (R40). */
    public Optional<String> open(String gateway) {
        return jdbc
                .query(
                        "SELECT run_id FROM load_run WHERE gateway = ? AND state IN ('ORDERED', 'RUNNING')"
                                + " AND origin = 'CENTRE' ORDER BY ordered_at DESC LIMIT 1",
                        (r, n) -> r.getString(1),
                        gateway)
                .stream()
                .findFirst();
    }

    public Optional<Run> find(String id) {
        return jdbc.query(SELECT + " WHERE run_id = ?", (r, n) -> run(r), id).stream()
                .findFirst();
    }

    /** Newest first; {@code gateway} may be empty. */
    public List<Run> list(String gateway, int limit, long offset) {
        return jdbc.query(
                SELECT + " WHERE (? = '' OR gateway = ?) ORDER BY ordered_at DESC, run_id LIMIT ? OFFSET ?",
                (r, n) -> run(r),
                gateway,
                gateway,
                limit,
                offset);
    }

    public long count(String gateway) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM load_run WHERE (? = '' OR gateway = ?)", Long.class, gateway, gateway);
        return n == null ? 0 : n;
    }

    public List<MeterOutcome> outcomes(String id) {
        return jdbc.query(
                "SELECT meter_no, outcome, last_contact, newest, samples, new_values, new_registers, ko, detail"
                        + " FROM load_run_meter WHERE run_id = ? ORDER BY meter_no",
                (r, n) -> new MeterOutcome(
                        r.getString(1),
                        Outcome.valueOf(r.getString(2)),
                        instant(r, 3),
                        instant(r, 4),
                        r.getLong(5),
                        r.getLong(6),
                        r.getLong(7),
                        r.getString(8),
                        r.getString(9)),
                id);
    }

    private static final String SELECT =
            "SELECT run_id, gateway, origin, state, ordered_at, deadline, started, finished, judged_at, complete, detail"
                    + " FROM load_run";

    private static Run run(ResultSet r) throws SQLException {
        boolean complete = r.getBoolean(10);
        Optional<Boolean> known = r.wasNull() ? Optional.empty() : Optional.of(complete);
        return new Run(
                r.getString(1),
                r.getString(2),
                r.getString(3),
                r.getString(4),
                r.getTimestamp(5).toInstant(),
                instant(r, 6),
                instant(r, 7),
                instant(r, 8),
                instant(r, 9),
                known,
                r.getString(11));
    }

    private static Optional<Instant> instant(ResultSet r, int column) throws SQLException {
        return Optional.ofNullable(r.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static Timestamp timestamp(Optional<Instant> at) {
        return at.map(Timestamp::from).orElse(null);
    }
}
