package org.telar.collector.registry;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.BadInput;

/** What becomes of meters beyond one state: replacement, rebinding to another concentrator (D20), and their lives so far. */
@Component
public class MeterLife {
    private final JdbcTemplate jdbc;
    private final Meters meters;
    private final Clock clock;
    private final TransactionTemplate transactions;

    /** @param was empty at its registration */
    public record Step(Instant at, String was, String state, String gateway, String by) {}

    /** A meter that is bound to one concentrator and was read by another. */
    public record Rebind(String meter, String boundTo, String readBy, Instant firstSeen, Instant lastSeen, long days) {}

    public MeterLife(JdbcTemplate jdbc, Meters meters, Clock clock, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.meters = meters;
        this.clock = clock;
        this.transactions = transactions;
    }

    /** Oldest first. */
    public List<Step> of(String meter) {
        return jdbc.query(
                "SELECT l.at, l.was, l.state, l.gateway, l.by_whom FROM meter_life l JOIN meter m USING (meter_id)"
                        + " WHERE m.meter_no = ? ORDER BY l.id LIMIT 1000",
                (r, n) -> new Step(
                        r.getTimestamp(1).toInstant(), r.getString(2), r.getString(3), r.getString(4), r.getString(5)),
                meter);
    }

    /** Who does what follows, for the life; within a transaction. */
    public void by(String whom) {
        jdbc.query("SELECT set_config('telar.by', ?, true)", r -> {}, whom);
    }

    /**
     * Puts another meter in the place of one: the old one is REMOVED and loses its keys, the new one is BOUND with its
     * concentrator, address, zone, model and plan, and waits for its commissioning.
     *
     * @throws BadInput when there is no old one in service, or the new number is in use
     */
    public void replace(String old, String by, String whom) {
        transactions.executeWithoutResult(status -> {
            by(whom);
            Meters.Meter before = meters.find(old).orElseThrow(() -> new BadInput("UNKNOWN_METER", old));
            if (!before.state().needsGateway()) {
                throw new BadInput("METER_STATE", old, before.state(), MeterState.REMOVED);
            }
            if (meters.find(by).filter(m -> m.state() != MeterState.REGISTERED).isPresent()) {
                throw new BadInput("METER_EXISTS", by);
            }
            Timestamp now = Timestamp.from(clock.instant());
            jdbc.update(
                    "INSERT INTO meter (meter_no, state, gateway_id, model, zone, ratio, mode, plan, driver, medium, address,"
                            + " client_sap, authentication, parameters, registered_at, updated_at)"
                            + " SELECT ?, 'BOUND', gateway_id, model, zone, ratio, mode, plan, driver, medium, address,"
                            + " client_sap, authentication, parameters, ?, ? FROM meter WHERE meter_no = ?"
                            + " ON CONFLICT (meter_no) DO UPDATE SET state = 'BOUND', gateway_id = EXCLUDED.gateway_id,"
                            + " medium = EXCLUDED.medium, address = EXCLUDED.address, updated_at = EXCLUDED.updated_at",
                    by,
                    now,
                    now,
                    old);
            jdbc.update("DELETE FROM meter_key WHERE meter_id = (SELECT meter_id FROM meter WHERE meter_no = ?)", old);
            jdbc.update(
                    "UPDATE meter SET state = 'REMOVED', replaced_by = ?, address = '', updated_at = ? WHERE meter_no = ?",
                    by,
                    now,
                    old);
        });
    }

    /** Meters that somebody else's concentrator reads, until they are bound there (D20). */
    public List<Rebind> rebinds(int limit, long offset) {
        return jdbc.query(
                "SELECT m.meter_no, m.gateway_id, e.gateway, min(e.at), max(e.at), count(*) FROM event e"
                        + " JOIN meter m USING (meter_no) WHERE e.code = 'METER_ON_FOREIGN_ISLAND'"
                        + " AND e.detail->>'bound_to' = m.gateway_id AND e.gateway <> m.gateway_id"
                        + " GROUP BY 1, 2, 3 ORDER BY 1, 3 LIMIT ? OFFSET ?",
                (r, n) -> new Rebind(
                        r.getString(1),
                        r.getString(2),
                        r.getString(3),
                        r.getTimestamp(4).toInstant(),
                        r.getTimestamp(5).toInstant(),
                        r.getLong(6)),
                limit,
                offset);
    }

    public long countRebinds() {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM (SELECT DISTINCT m.meter_no, e.gateway FROM event e JOIN meter m USING (meter_no)"
                        + " WHERE e.code = 'METER_ON_FOREIGN_ISLAND' AND e.detail->>'bound_to' = m.gateway_id"
                        + " AND e.gateway <> m.gateway_id) x",
                Long.class);
        return n == null ? 0 : n;
    }

    /** Takes a proposal: the meter belongs to the concentrator that reads it. */
    public void rebind(String meter, String gateway, String whom) {
        transactions.executeWithoutResult(status -> {
            by(whom);
            int n = jdbc.update(
                    "UPDATE meter m SET gateway_id = ?, updated_at = ? WHERE meter_no = ? AND EXISTS (SELECT 1 FROM event e"
                            + " WHERE e.code = 'METER_ON_FOREIGN_ISLAND' AND e.meter_no = m.meter_no AND e.gateway = ?)",
                    gateway,
                    Timestamp.from(clock.instant()),
                    meter,
                    gateway);
            if (n == 0) {
                throw new BadInput("UNKNOWN_REBIND", meter, gateway);
            }
        });
    }
}
