package org.telar.collector.plans;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Plans in the database. Thread-safe; changes join the caller's transaction. */
@Component
class PlanBook {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SELECT =
            "SELECT plan_id, name, owner, state, spec, members, refused, duplicates, created_at, ended_at,"
                    + " request_sha256 FROM plan";

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** @param fingerprint what the request asked for */
    record Earlier(StoredPlan plan, byte[] fingerprint) {}

    PlanBook(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    void insert(String id, PlanRequest r, StoredPlan.State state, byte[] fingerprint) {
        jdbc.update(
                "INSERT INTO plan (plan_id, name, owner, idempotency_key, request_sha256, state, spec, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?)",
                id,
                r.name(),
                r.requester(),
                r.idempotencyKey().orElse(null),
                fingerprint,
                state.name(),
                JSON.writeValueAsString(r.spec()),
                Timestamp.from(clock.instant()));
    }

    /** A plan of the product itself: made when it is not there, its specification kept as the settings say. */
    boolean ensure(String id, String name, PlanSpec spec) {
        return jdbc.update(
                        "INSERT INTO plan AS p (plan_id, name, owner, state, spec, created_at, next_at)"
                                + " VALUES (?, ?, 'telar', 'ACTIVE', ?::jsonb, ?, ?) ON CONFLICT (plan_id) DO UPDATE"
                                + " SET spec = EXCLUDED.spec, next_at = EXCLUDED.next_at WHERE p.spec <> EXCLUDED.spec",
                        id,
                        name,
                        JSON.writeValueAsString(spec),
                        Timestamp.from(clock.instant()),
                        Timestamp.from(clock.instant()))
                > 0;
    }

    Optional<StoredPlan> find(String id) {
        return jdbc.query(SELECT + " WHERE plan_id = ?", (r, n) -> plan(r), id).stream()
                .findFirst();
    }

    /** The latest plan of a name. */
    Optional<StoredPlan> named(String name) {
        return jdbc.query(SELECT + " WHERE name = ? ORDER BY created_at DESC LIMIT 1", (r, n) -> plan(r), name).stream()
                .findFirst();
    }

    /** The plan whose step is due longest and that nobody has: locked until the transaction ends. */
    Optional<StoredPlan> lockDue() {
        return jdbc
                .query(
                        SELECT + " WHERE next_at <= ? ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                        (r, n) -> plan(r),
                        Timestamp.from(clock.instant()))
                .stream()
                .findFirst();
    }

    /** @param at when it wants its next step; empty = never */
    void next(String id, Optional<Instant> at) {
        jdbc.update(
                "UPDATE plan SET next_at = ? WHERE plan_id = ?",
                at.map(Timestamp::from).orElse(null),
                id);
    }

    /** For a change of state; waits for the step at work. */
    Optional<StoredPlan> lockWaiting(String id) {
        return jdbc.query(SELECT + " WHERE plan_id = ? FOR UPDATE", (r, n) -> plan(r), id).stream()
                .findFirst();
    }

    Optional<Earlier> earlier(String owner, String key) {
        return jdbc
                .query(
                        SELECT + " WHERE owner = ? AND idempotency_key = ?",
                        (r, n) -> new Earlier(plan(r), r.getBytes("request_sha256")),
                        owner,
                        key)
                .stream()
                .findFirst();
    }

    void state(String id, StoredPlan.State state) {
        boolean over = state == StoredPlan.State.DONE || state == StoredPlan.State.CANCELLED;
        jdbc.update(
                "UPDATE plan SET state = ?, ended_at = ? WHERE plan_id = ?",
                state.name(),
                over ? Timestamp.from(clock.instant()) : null,
                id);
    }

    void counts(String id, long members, long refused, long duplicates) {
        jdbc.update(
                "UPDATE plan SET members = ?, refused = ?, duplicates = ? WHERE plan_id = ?",
                members,
                refused,
                duplicates,
                id);
    }

    /** Newest first; {@code state} may be empty. */
    List<StoredPlan> list(String state, int limit, long offset) {
        return jdbc.query(
                SELECT + " WHERE (? = '' OR state = ?) ORDER BY created_at DESC, plan_id LIMIT ? OFFSET ?",
                (r, n) -> plan(r),
                state,
                state,
                limit,
                offset);
    }

    long count(String state) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM plan WHERE (? = '' OR state = ?)", Long.class, state, state);
        return n == null ? 0 : n;
    }

    private static StoredPlan plan(ResultSet r) throws SQLException {
        return new StoredPlan(
                r.getString("plan_id"),
                r.getString("name"),
                r.getString("owner"),
                StoredPlan.State.valueOf(r.getString("state")),
                JSON.readValue(r.getString("spec"), PlanSpec.class),
                r.getLong("members"),
                r.getLong("refused"),
                r.getLong("duplicates"),
                instant(r, "created_at").orElseThrow(),
                instant(r, "ended_at"));
    }

    static Optional<Instant> instant(ResultSet r, String column) throws SQLException {
        return Optional.ofNullable(r.getTimestamp(column)).map(Timestamp::toInstant);
    }
}
