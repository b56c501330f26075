package org.telar.collector.plans;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.model.Ko;
import org.telar.collector.registry.MeterState;

/**
 * Items of runs, moved by sets. Every method that moves items says how many went where, for {@link RunBook#moved}.
 * Thread-safe; changes join the caller's transaction.
 */
@Component
class ItemBook {
    /** What another try would not change. */
    private static final Set<Ko> LASTING = Set.of(
            Ko.UNKNOWN_METER,
            Ko.NOT_BOUND,
            Ko.NOT_COMMISSIONED,
            Ko.SUSPENDED,
            Ko.UNSUPPORTED,
            Ko.AUTH_FAILED,
            Ko.IDENTITY,
            Ko.CANCELLED);

    private static final String LASTING_LIST =
            LASTING.stream().map(k -> "'" + k + "'").sorted().collect(Collectors.joining(", "));

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** An item that is to be sent, with what the registry says of its meter now. */
    record Due(int ord, int command, String meter, MeterState state, String mode, String gateway, ZoneId zone) {}

    ItemBook(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Makes the items of members {@code after} to {@code to}, in their order. @return how many */
    long expand(PlanRun run, PlanSpec spec, long after, long to) {
        Long n = jdbc.queryForObject(
                "WITH made AS (INSERT INTO plan_item (run_id, ord, command, meter_id, gateway, state, next_at)"
                        + " SELECT ?, p.ord, c.i, p.meter_id, coalesce(m.gateway_id, ''), 'WAITING', ? FROM plan_member p"
                        + " JOIN meter m USING (meter_id) CROSS JOIN generate_series(0, ?) AS c(i)"
                        + " WHERE p.plan_id = ? AND p.ord > ? AND p.ord <= ? AND (p.commands >> c.i) & 1 = 1"
                        + " RETURNING gateway),"
                        + " lanes AS (INSERT INTO plan_lane (run_id, gateway) SELECT DISTINCT ?::bigint, gateway FROM made"
                        + " ON CONFLICT DO NOTHING) SELECT count(*) FROM made",
                Long.class,
                run.id(),
                Timestamp.from(run.window().from()),
                spec.commands().size() - 1,
                run.plan(),
                after,
                to,
                run.id());
        return n == null ? 0 : n;
    }

    /** Items of another run that failed or never had their turn, to be done again. @return how many */
    long copyFailed(long from, PlanRun run) {
        Long n = jdbc.queryForObject(
                "WITH made AS (INSERT INTO plan_item (run_id, ord, command, meter_id, gateway, state, next_at)"
                        + " SELECT ?, i.ord, i.command, i.meter_id, coalesce(m.gateway_id, ''), 'WAITING', ? FROM plan_item i"
                        + " JOIN meter m USING (meter_id) WHERE i.run_id = ? AND i.state IN ('FAIL', 'EXPIRED')"
                        + " RETURNING gateway),"
                        + " lanes AS (INSERT INTO plan_lane (run_id, gateway) SELECT DISTINCT ?::bigint, gateway FROM made)"
                        + " SELECT count(*) FROM made",
                Long.class,
                run.id(),
                Timestamp.from(run.window().from()),
                from,
                run.id());
        return n == null ? 0 : n;
    }

    /** Whose turn it is: in the plan's order, no concentrator given more than it may have open, retries after new ones. */
    List<Due> due(PlanRun run, int perGateway, int limit) {
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.query(
                "SELECT d.ord, d.command, m.meter_no, m.state, m.mode, coalesce(m.gateway_id, ''), m.zone FROM plan_lane l"
                        + " LEFT JOIN (SELECT gateway, count(*) AS n FROM orders WHERE bulk"
                        + "   AND state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING') GROUP BY gateway) b"
                        + "   ON b.gateway = l.gateway AND l.gateway <> ''"
                        + " CROSS JOIN LATERAL (SELECT i.ord, i.command, i.meter_id, i.next_at FROM plan_item i"
                        + "   WHERE i.run_id = l.run_id AND i.gateway = l.gateway AND i.state = 'WAITING' AND i.next_at <= ?"
                        + "   ORDER BY i.next_at, i.ord, i.command"
                        + "   LIMIT greatest(0, CASE WHEN l.gateway = '' THEN ? ELSE ? - coalesce(b.n, 0) END)) d"
                        + " JOIN meter m USING (meter_id) WHERE l.run_id = ? ORDER BY d.next_at, d.ord, d.command LIMIT ?",
                (r, n) -> new Due(
                        r.getInt(1),
                        r.getInt(2),
                        r.getString(3),
                        MeterState.valueOf(r.getString(4)),
                        r.getString(5),
                        r.getString(6),
                        ZoneId.of(r.getString(7))),
                now,
                limit,
                perGateway,
                run.id(),
                limit);
    }

    /** Concentrators with meters to load. */
    List<String> dueLoads(PlanRun run, int limit) {
        return jdbc.query(
                "SELECT l.gateway FROM plan_lane l WHERE l.run_id = ? AND EXISTS (SELECT 1 FROM plan_item i"
                        + " WHERE i.run_id = l.run_id AND i.gateway = l.gateway AND i.state = 'WAITING' AND i.next_at <= ?)"
                        + " ORDER BY l.gateway LIMIT ?",
                (r, n) -> r.getString(1),
                run.id(),
                Timestamp.from(clock.instant()),
                limit);
    }

    /** Concentrators whose load is open in this run. */
    int openLoads(PlanRun run) {
        Integer n = jdbc.queryForObject(
                "SELECT count(DISTINCT order_id) FROM plan_item WHERE run_id = ? AND state = 'SENT'",
                Integer.class,
                run.id());
        return n == null ? 0 : n;
    }

    void sent(long run, List<Due> items, List<String> orders) {
        jdbc.update(
                "UPDATE plan_item i SET state = 'SENT', tries = i.tries + 1, order_id = k.o"
                        + " FROM unnest(?::int[], ?::int[], ?::text[]) AS k(ord, command, o)"
                        + " WHERE i.run_id = ? AND i.ord = k.ord AND i.command = k.command AND i.state = 'WAITING'",
                items.stream().map(Due::ord).toArray(Integer[]::new),
                items.stream().map(Due::command).toArray(Integer[]::new),
                orders.toArray(String[]::new),
                run);
    }

    boolean waits(long run, String gateway) {
        Boolean waits = jdbc.queryForObject(
                "SELECT EXISTS (SELECT 1 FROM plan_item WHERE run_id = ? AND gateway = ? AND state = 'WAITING'"
                        + " AND next_at <= ?)",
                Boolean.class,
                run,
                gateway,
                Timestamp.from(clock.instant()));
        return Boolean.TRUE.equals(waits);
    }

    /** All that waits at a concentrator is in one load. @return how many */
    long sentLoad(long run, String gateway, String load) {
        return jdbc.update(
                "UPDATE plan_item SET state = 'SENT', tries = tries + 1, order_id = ? WHERE run_id = ? AND gateway = ?"
                        + " AND state = 'WAITING' AND next_at <= ?",
                load,
                run,
                gateway,
                Timestamp.from(clock.instant()));
    }

    /** Meters that a load of the concentrator's own reached in the meantime need no other one (D12). @return how many */
    long loadedAlready(long run, String gateway, Instant since) {
        return jdbc.update(
                "UPDATE plan_item i SET state = 'EXE', finished_at = ?, order_id = x.run_id FROM ("
                        + "SELECT DISTINCT ON (o.meter_no) m.meter_id, r.run_id FROM load_run r JOIN load_run_meter o USING (run_id)"
                        + " JOIN meter m USING (meter_no) WHERE r.gateway = ? AND r.state = 'JUDGED' AND r.started >= ?"
                        + " AND o.outcome IN ('NEW', 'NOTHING_NEW') ORDER BY o.meter_no, r.started DESC) x"
                        + " WHERE i.run_id = ? AND i.gateway = ? AND i.state = 'WAITING' AND i.meter_id = x.meter_id",
                Timestamp.from(clock.instant()),
                gateway,
                Timestamp.from(since),
                run,
                gateway);
    }

    /**
     * Takes what has become of the orders: EXE, WARN, CANCELLED as they are; what failed waits for its next try if there
     * is one within the window (R75). @return items by their new state, all of them from SENT
     */
    Map<String, Long> collect(PlanRun run, PlanSpec spec, boolean mayRetry) {
        Instant now = clock.instant();
        Instant next = now.plus(spec.retryAfter());
        boolean within = mayRetry && next.isBefore(run.window().to());
        String ko = "coalesce(nullif(l.ko, ''), nullif(o.ko, ''), CASE WHEN o.type = 'RUN_N2PLOAD' THEN"
                + " CASE WHEN l.outcome IS NULL THEN 'UNKNOWN_METER' ELSE 'METER_SILENT' END ELSE 'INTERNAL' END)";
        String good = "CASE WHEN o.type = 'RUN_N2PLOAD' THEN CASE l.outcome WHEN 'NEW' THEN 'EXE' WHEN 'NOTHING_NEW'"
                + " THEN 'EXE' WHEN 'PROFILE_STALE' THEN 'WARN' WHEN 'NOT_REACHED' THEN 'FAIL'"
                + " ELSE CASE WHEN o.state = 'CANCELLED' THEN 'CANCELLED' ELSE 'FAIL' END END"
                + " WHEN o.state IN ('EXE', 'WARN', 'CANCELLED') THEN o.state ELSE 'FAIL' END";
        return counts(
                "WITH ended AS (SELECT i.ord, i.command, " + good + " AS outcome, " + ko + " AS ko, o.ko AS said"
                        + " FROM plan_item i JOIN orders o USING (order_id) JOIN meter m USING (meter_id)"
                        + " LEFT JOIN load_run_meter l ON l.run_id = o.order_id AND l.meter_no = m.meter_no"
                        + " WHERE i.run_id = ? AND i.state = 'SENT'"
                        + " AND o.state IN ('EXE', 'WARN', 'FAIL', 'REJECTED', 'CANCELLED', 'EXPIRED')),"
                        + " moved AS (UPDATE plan_item i SET"
                        + " state = CASE WHEN e.outcome <> 'FAIL' THEN e.outcome"
                        + "   WHEN ? AND i.tries < ? AND e.ko NOT IN (" + LASTING_LIST
                        + ") THEN 'WAITING' ELSE 'FAIL' END,"
                        + " ko = CASE WHEN e.outcome = 'FAIL' THEN e.ko ELSE e.said END, next_at = ?, finished_at = ?"
                        + " FROM ended e WHERE i.run_id = ? AND i.ord = e.ord AND i.command = e.command RETURNING i.state)"
                        + " SELECT state, count(*) FROM moved GROUP BY state",
                run.id(),
                within,
                spec.tries(),
                Timestamp.from(next),
                Timestamp.from(now),
                run.id());
    }

    /** Ends some of what waits. @return how many */
    long endWaiting(long run, String state, Ko ko, int limit) {
        return jdbc.update(
                "UPDATE plan_item i SET state = ?, ko = ?, finished_at = ? FROM (SELECT ord, command FROM plan_item"
                        + " WHERE run_id = ? AND state = 'WAITING' LIMIT ?) w"
                        + " WHERE i.run_id = ? AND i.ord = w.ord AND i.command = w.command",
                state,
                ko.name(),
                Timestamp.from(clock.instant()),
                run,
                limit,
                run);
    }

    /** Orders of a run that are open. */
    List<String> openOrders(long run, int limit) {
        return jdbc.queryForList(
                "SELECT o.order_id FROM plan_item i JOIN orders o USING (order_id) WHERE i.run_id = ? AND i.state = 'SENT'"
                        + " AND o.bulk AND o.state IN ('NEW', 'VALIDATED', 'SENT', 'RUNNING') LIMIT ?",
                String.class,
                run,
                limit);
    }

    /** By place; {@code state} may be empty, {@code after} is the last place of the page before, or 0. */
    List<PlanItem> list(PlanSpec spec, long run, String state, int after, int limit) {
        return jdbc.query(
                SELECT + " AND i.ord > ? ORDER BY i.ord, i.command LIMIT ?",
                (r, n) -> item(spec, r),
                run,
                state,
                state,
                after,
                limit);
    }

    /** Every item of a run, a few at a time; within a transaction. */
    void each(PlanSpec spec, long run, String state, Consumer<PlanItem> take) {
        JdbcTemplate cursor = new JdbcTemplate(jdbc.getDataSource());
        cursor.setFetchSize(1_000);
        cursor.query(
                SELECT + " ORDER BY i.ord, i.command",
                r -> {
                    take.accept(item(spec, r));
                },
                run,
                state,
                state);
    }

    private static final String SELECT =
            "SELECT i.ord, m.meter_no, i.command, i.state, i.tries, i.order_id, i.ko, i.next_at, i.finished_at"
                    + " FROM plan_item i JOIN meter m USING (meter_id) WHERE i.run_id = ? AND (? = '' OR i.state = ?)";

    private static PlanItem item(PlanSpec spec, ResultSet r) throws SQLException {
        boolean waits = r.getString("state").equals("WAITING");
        return new PlanItem(
                r.getInt("ord"),
                r.getString("meter_no"),
                spec.commands().get(r.getInt("command")).type(),
                r.getString("state"),
                r.getInt("tries"),
                java.util.Optional.ofNullable(r.getString("order_id")),
                r.getString("ko"),
                PlanBook.instant(r, "next_at").filter(at -> waits),
                PlanBook.instant(r, "finished_at").filter(at -> !waits));
    }

    private Map<String, Long> counts(String sql, Object... arguments) {
        Map<String, Long> counts = new HashMap<>();
        jdbc.query(
                sql,
                r -> {
                    counts.put(r.getString(1), r.getLong(2));
                },
                arguments);
        return counts;
    }

    /** Removes what is older than its time, one run. @return false when there was none */
    boolean forget(Duration keep) {
        Timestamp before = Timestamp.from(clock.instant().minus(keep));
        List<Long> old = jdbc.queryForList(
                "SELECT run_id FROM plan_run r WHERE ended_at < ? AND EXISTS (SELECT 1 FROM plan_lane l"
                        + " WHERE l.run_id = r.run_id) ORDER BY ended_at LIMIT 1",
                Long.class,
                before);
        old.forEach(run -> {
            jdbc.update("DELETE FROM plan_item WHERE run_id = ?", run);
            jdbc.update("DELETE FROM plan_lane WHERE run_id = ?", run);
        });
        return !old.isEmpty();
    }
}
