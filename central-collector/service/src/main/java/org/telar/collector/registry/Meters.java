package org.telar.collector.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Meters and their life. Thread-safe. */
@Component
public class Meters {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;

    /**
     * A meter as the registry knows it.
     *
     * @param gateway empty when bound to none
     * @param ratio SECONDARY, or PRIMARY when the meter applies the transformers' ratio itself (D6)
     * @param reachability REACHED, STALE, UNREACHED or UNKNOWN
     */
    public record Meter(
            String number,
            MeterState state,
            String gateway,
            String model,
            String zone,
            String identity,
            String ratio,
            String reachability,
            Optional<Instant> lastContact,
            Optional<Instant> newestSample,
            String mode,
            String plan,
            String driver,
            String medium,
            String address) {}

    /** What to register; empty texts leave what is there. */
    public record Entry(
            String number,
            MeterState state,
            String gateway,
            String model,
            String zone,
            String identity,
            String ratio) {}

    /** Why an entry was not taken. */
    public static final class RefusedEntry extends Exception {
        private static final long serialVersionUID = 1L;

        public RefusedEntry(String message) {
            super(message);
        }
    }

    public Meters(JdbcTemplate jdbc, TransactionTemplate transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    public Optional<Meter> find(String number) {
        return jdbc.query(SELECT + " WHERE m.meter_no = ?", (r, n) -> meter(r), number).stream()
                .findFirst();
    }

    /** By number; {@code gateway} and {@code state} may be empty. */
    public List<Meter> list(String gateway, String state, int limit, long offset) {
        return jdbc.query(
                SELECT + " WHERE (? = '' OR m.gateway_id = ?) AND (? = '' OR m.state = ?)"
                        + " ORDER BY m.meter_no LIMIT ? OFFSET ?",
                (r, n) -> meter(r),
                gateway,
                gateway,
                state,
                state,
                limit,
                offset);
    }

    public long count(String gateway, String state) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM meter m WHERE (? = '' OR m.gateway_id = ?) AND (? = '' OR m.state = ?)",
                Long.class,
                gateway,
                gateway,
                state,
                state);
        return n == null ? 0 : n;
    }

    /**
     * Registers a meter or changes it.
     *
     * @return true when it is new
     * @throws RefusedEntry with a sentence, when the change is none of its life
     */
    public boolean put(Entry e) throws RefusedEntry {
        return put(e, "");
    }

    /** What else is known of a meter; empty texts leave what is there. */
    public record Traits(
            String mode,
            Optional<String> plan,
            List<String> capabilities,
            String driver,
            String medium,
            String address,
            String clientSap,
            String authentication,
            String parameters) {}

    void traits(String number, Traits t) {
        jdbc.update(
                "UPDATE meter SET mode = coalesce(nullif(?, ''), mode), plan = coalesce(?, plan),"
                        + " capabilities = coalesce(nullif(?::text[], '{}'), capabilities),"
                        + " driver = coalesce(nullif(?, ''), driver), medium = coalesce(nullif(?, ''), medium),"
                        + " address = coalesce(nullif(?, ''), address), client_sap = coalesce(nullif(?, ''), client_sap),"
                        + " authentication = coalesce(nullif(?, ''), authentication),"
                        + " parameters = coalesce(nullif(?, ''), parameters) WHERE meter_no = ?",
                t.mode(),
                t.plan().orElse(null),
                t.capabilities().toArray(String[]::new),
                t.driver(),
                t.medium(),
                t.address(),
                t.clientSap(),
                t.authentication(),
                t.parameters(),
                number);
    }

    /** @param mode of a new meter: empty = CONCENTRATED */
    boolean put(Entry e, String mode) throws RefusedEntry {
        Timestamp now = Timestamp.from(clock.instant());
        record Outcome(boolean created, String refusal) {}
        Outcome outcome = transactions.execute(status -> {
            Optional<Meter> before = find(e.number());
            if (before.isEmpty()) {
                jdbc.update(
                        "INSERT INTO meter (meter_no, state, gateway_id, model, zone, identity, ratio, registered_at,"
                                + " commissioned_at, updated_at, mode) VALUES (?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?,"
                                + " coalesce(nullif(?, ''), 'CONCENTRATED'))",
                        e.number(),
                        e.state().name(),
                        e.gateway(),
                        e.model(),
                        e.zone(),
                        e.identity(),
                        e.ratio().isEmpty() ? "SECONDARY" : e.ratio(),
                        now,
                        e.state() == MeterState.COMMISSIONED ? now : null,
                        now,
                        mode);
                return new Outcome(true, "");
            }
            Meter b = before.get();
            if (!b.state().mayBecome(e.state())) {
                return new Outcome(
                        false, "meter " + e.number() + " is " + b.state() + " and cannot become " + e.state());
            }
            boolean direct = mode.equals("POINT_TO_POINT") || b.mode().equals("POINT_TO_POINT");
            if (!direct
                    && e.state().needsGateway()
                    && e.gateway().isEmpty()
                    && b.gateway().isEmpty()) {
                return new Outcome(false, "meter " + e.number() + " needs a gateway to be " + e.state());
            }
            jdbc.update(
                    "UPDATE meter SET state = ?, gateway_id = coalesce(nullif(?, ''), gateway_id),"
                            + " model = coalesce(nullif(?, ''), model), zone = coalesce(nullif(?, ''), zone),"
                            + " identity = coalesce(nullif(?, ''), identity), ratio = coalesce(nullif(?, ''), ratio),"
                            + " commissioned_at = CASE WHEN ? = 'COMMISSIONED' THEN coalesce(commissioned_at, ?)"
                            + " ELSE commissioned_at END, updated_at = ? WHERE meter_no = ?",
                    e.state().name(),
                    e.gateway(),
                    e.model(),
                    e.zone(),
                    e.identity(),
                    e.ratio(),
                    e.state().name(),
                    now,
                    now,
                    e.number());
            return new Outcome(false, "");
        });
        if (!outcome.refusal().isEmpty()) {
            throw new RefusedEntry(outcome.refusal());
        }
        return outcome.created();
    }

    private static final String SELECT =
            "SELECT m.meter_no, m.state, coalesce(m.gateway_id, ''), m.model, m.zone, m.identity, m.ratio,"
                    + " coalesce(c.state, 'UNKNOWN'), c.last_contact, c.newest_sample, m.mode, m.plan, m.driver, m.medium, m.address FROM meter m"
                    + " LEFT JOIN meter_contact c USING (meter_id)";

    private static Meter meter(ResultSet r) throws SQLException {
        return new Meter(
                r.getString(1),
                MeterState.valueOf(r.getString(2)),
                r.getString(3),
                r.getString(4),
                r.getString(5),
                r.getString(6),
                r.getString(7),
                r.getString(8),
                Optional.ofNullable(r.getTimestamp(9)).map(Timestamp::toInstant),
                Optional.ofNullable(r.getTimestamp(10)).map(Timestamp::toInstant),
                r.getString(11),
                r.getString(12),
                r.getString(13),
                r.getString(14),
                r.getString(15));
    }
}
