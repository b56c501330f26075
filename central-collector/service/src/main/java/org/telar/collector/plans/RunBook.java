package org.telar.collector.plans;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Runs of plans: their windows, their life, their counts. Thread-safe; changes join the caller's transaction. */
@Component
class RunBook {
    private static final String SELECT =
            "SELECT run_id, plan_id, origin, window_from, window_to, state, expanded_to, total, waiting, sent, exe, warn,"
                    + " fail, cancelled, expired, created_at, ended_at FROM plan_run";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    RunBook(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    Optional<PlanRun> open(String plan) {
        return first(" WHERE plan_id = ? AND state = 'RUNNING'", plan);
    }

    Optional<PlanRun> latest(String plan) {
        return first(" WHERE plan_id = ? AND state <> 'MISSED' ORDER BY run_id DESC LIMIT 1", plan);
    }

    Optional<PlanRun> find(String plan, long run) {
        return first(" WHERE plan_id = ? AND run_id = ?", plan, run);
    }

    /** End of the last window that is accounted for. */
    Optional<Instant> lastWindowEnd(String plan) {
        return jdbc
                .query(
                        "SELECT max(window_to) FROM plan_run WHERE plan_id = ? AND origin = 'SCHEDULE'",
                        (r, n) -> Optional.ofNullable(r.getTimestamp(1)).map(Timestamp::toInstant),
                        plan)
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    PlanRun begin(String plan, String origin, Window window) {
        Long id = jdbc.queryForObject(
                "INSERT INTO plan_run (plan_id, origin, window_from, window_to, state, created_at)"
                        + " VALUES (?, ?, ?, ?, 'RUNNING', ?) RETURNING run_id",
                Long.class,
                plan,
                origin,
                Timestamp.from(window.from()),
                Timestamp.from(window.to()),
                Timestamp.from(clock.instant()));
        return find(plan, id == null ? 0 : id).orElseThrow();
    }

    /** A window in which nobody was there. @return false when it was accounted for already */
    boolean missed(String plan, Window window) {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.update(
                        "INSERT INTO plan_run (plan_id, origin, window_from, window_to, state, expanded_to, created_at,"
                                + " ended_at) VALUES (?, 'SCHEDULE', ?, ?, 'MISSED', -1, ?, ?) ON CONFLICT DO NOTHING",
                        plan,
                        Timestamp.from(window.from()),
                        Timestamp.from(window.to()),
                        now,
                        now)
                > 0;
    }

    void end(long run, String state) {
        jdbc.update(
                "UPDATE plan_run SET state = ?, ended_at = ? WHERE run_id = ?",
                state,
                Timestamp.from(clock.instant()),
                run);
    }

    /** @param to the last member that has its items, -1 when all have */
    void expanded(long run, long to, long items) {
        jdbc.update(
                "UPDATE plan_run SET expanded_to = ?, total = total + ?, waiting = waiting + ? WHERE run_id = ?",
                to,
                items,
                items,
                run);
    }

    /** Items that left a state for others. */
    void moved(long run, String from, Map<String, Long> to) {
        long all = to.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0) {
            return;
        }
        jdbc.update(
                "UPDATE plan_run SET waiting = waiting + ? - ?, sent = sent + ? - ?, exe = exe + ?, warn = warn + ?,"
                        + " fail = fail + ?, cancelled = cancelled + ?, expired = expired + ? WHERE run_id = ?",
                to.getOrDefault("WAITING", 0L),
                from.equals("WAITING") ? all : 0L,
                to.getOrDefault("SENT", 0L),
                from.equals("SENT") ? all : 0L,
                to.getOrDefault("EXE", 0L),
                to.getOrDefault("WARN", 0L),
                to.getOrDefault("FAIL", 0L),
                to.getOrDefault("CANCELLED", 0L),
                to.getOrDefault("EXPIRED", 0L),
                run);
    }

    /** Newest first. */
    List<PlanRun> list(String plan, int limit, long offset) {
        return jdbc.query(
                SELECT + " WHERE plan_id = ? ORDER BY run_id DESC LIMIT ? OFFSET ?",
                (r, n) -> run(r),
                plan,
                limit,
                offset);
    }

    long count(String plan) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM plan_run WHERE plan_id = ?", Long.class, plan);
        return n == null ? 0 : n;
    }

    private Optional<PlanRun> first(String where, Object... arguments) {
        return jdbc.query(SELECT + where, (r, n) -> run(r), arguments).stream().findFirst();
    }

    private static PlanRun run(ResultSet r) throws SQLException {
        long expanded = r.getLong("expanded_to");
        return new PlanRun(
                r.getLong("run_id"),
                r.getString("plan_id"),
                r.getString("origin"),
                new Window(
                        r.getTimestamp("window_from").toInstant(),
                        r.getTimestamp("window_to").toInstant()),
                r.getString("state"),
                expanded < 0,
                expanded,
                new PlanRun.Counts(
                        r.getLong("total"),
                        r.getLong("waiting"),
                        r.getLong("sent"),
                        r.getLong("exe"),
                        r.getLong("warn"),
                        r.getLong("fail"),
                        r.getLong("cancelled"),
                        r.getLong("expired")),
                r.getTimestamp("created_at").toInstant(),
                PlanBook.instant(r, "ended_at"));
    }
}
