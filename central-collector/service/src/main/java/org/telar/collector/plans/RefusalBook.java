package org.telar.collector.plans;

import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.contract.Order;

/** What a plan did not take, and why. Thread-safe. */
@Component
public class RefusalBook {
    private final JdbcTemplate jdbc;

    /**
     * @param line where the meter was in the list; its registry id for a plan with a filter
     * @param command empty when none of the commands can be done
     * @param code UNKNOWN_METER, METER_NUMBER (no number at all) or UNSUPPORTED
     */
    public record Refusal(int line, String meter, Optional<Order.Type> command, String code) {}

    RefusalBook(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** By line, those after {@code after}. */
    public List<Refusal> list(StoredPlan plan, int after, int limit) {
        return jdbc.query(
                "SELECT ord, meter_no, command, code FROM plan_refusal WHERE plan_id = ? AND ord > ?"
                        + " ORDER BY ord, command LIMIT ?",
                (r, n) -> new Refusal(
                        r.getInt(1),
                        r.getString(2),
                        r.getInt(3) < 0
                                ? Optional.empty()
                                : Optional.of(
                                        plan.spec().commands().get(r.getInt(3)).type()),
                        r.getString(4)),
                plan.id(),
                after,
                limit);
    }

    long count(String plan) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM plan_refusal WHERE plan_id = ?", Long.class, plan);
        return n == null ? 0 : n;
    }
}
