package org.telar.collector.reports;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** Subscriptions and what became of their deliveries. Thread-safe. */
public class Subscriptions {
    private static final String COLUMNS =
            "id, party, reports, gateways, meters, mode, every_s, days, target, token_file, next_at";

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final ZoneId zone;

    /** One delivery. @param error of the last attempt */
    public record Delivery(
            long id,
            String subscription,
            String party,
            String cause,
            Instant requestedAt,
            LocalDate from,
            LocalDate to,
            String state,
            int attempts,
            Instant nextAt,
            int files,
            long bytes,
            String error,
            Optional<Instant> finishedAt) {}

    public Subscriptions(JdbcTemplate jdbc, Clock clock, ZoneId zone) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.zone = zone;
    }

    /** Enters one under a new id. */
    public Subscription add(Subscription s, String by) {
        String id = UUID.randomUUID().toString();
        jdbc.update(
                "INSERT INTO report_subscription (id, party, reports, gateways, meters, mode, every_s, days, target,"
                        + " token_file, created_at, created_by, next_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                s.party(),
                s.reports().stream().map(Report::id).toArray(String[]::new),
                s.gateways().toArray(String[]::new),
                s.meters().toArray(String[]::new),
                s.mode().name(),
                s.every().toSeconds(),
                s.days(),
                s.target(),
                s.tokenFile(),
                now(),
                by,
                s.mode() == Subscription.Mode.SCHEDULED ? now() : null);
        return find(id).orElseThrow();
    }

    public boolean remove(String id) {
        return jdbc.update("DELETE FROM report_subscription WHERE id = ?", id) > 0;
    }

    public List<Subscription> list() {
        return query(" ORDER BY party, id");
    }

    public Optional<Subscription> find(String id) {
        return query(" WHERE id = ?", id).stream().findFirst();
    }

    /** Puts a delivery in the row. @return its number */
    public long request(Subscription s, String cause) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        Long id = jdbc.queryForObject(
                "INSERT INTO report_delivery (subscription, party, cause, requested_at, from_day, to_day, state, next_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, 'PENDING', ?) RETURNING delivery_id",
                Long.class,
                s.id(),
                s.party(),
                cause,
                now(),
                Date.valueOf(today.minusDays(s.days() - 1L)),
                Date.valueOf(today),
                now());
        return id == null ? 0 : id;
    }

    /** Requests what is due by the clock. @return how many */
    @Transactional
    public int requestScheduled() {
        List<Subscription> due = query(" WHERE mode = 'SCHEDULED' AND next_at <= ? FOR UPDATE SKIP LOCKED", now());
        for (Subscription s : due) {
            request(s, "SCHEDULED");
            jdbc.update(
                    "UPDATE report_subscription SET next_at = ? WHERE id = ?",
                    Timestamp.from(next(s, clock.instant())),
                    s.id());
        }
        return due.size();
    }

    /** The grid of the schedule is kept; turns that were missed are one. */
    static Instant next(Subscription s, Instant now) {
        Instant next = s.nextAt().orElse(now);
        long missed = Math.max(0, Duration.between(next, now).dividedBy(s.every()));
        return next.plus(s.every().multipliedBy(missed + 1));
    }

    /** Requests one delivery of each automatic subscription that has none waiting. */
    public int requestAutomatic() {
        List<Subscription> automatic = query(" WHERE mode = 'AUTOMATIC' AND NOT EXISTS (SELECT 1 FROM report_delivery d"
                + " WHERE d.subscription = report_subscription.id AND d.state = 'PENDING')");
        automatic.forEach(s -> request(s, "AUTOMATIC"));
        return automatic.size();
    }

    /** The next one that is due; its next attempt is put off, so that nobody else takes it meanwhile. */
    @Transactional
    public Optional<Delivery> take(Duration retryAfter) {
        List<Delivery> due = deliveries(
                " WHERE state = 'PENDING' AND next_at <= ? ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED", now());
        due.forEach(d -> jdbc.update(
                "UPDATE report_delivery SET attempts = attempts + 1, next_at = ? WHERE delivery_id = ?",
                Timestamp.from(clock.instant().plus(retryAfter)),
                d.id()));
        return due.stream().findFirst();
    }

    void delivered(long id, int files, long bytes) {
        jdbc.update(
                "UPDATE report_delivery SET state = 'DELIVERED', files = ?, bytes = ?, error = '', finished_at = ?"
                        + " WHERE delivery_id = ?",
                files,
                bytes,
                now(),
                id);
    }

    /** @param over whether no further attempt is made */
    void failed(long id, String error, boolean over) {
        jdbc.update(
                "UPDATE report_delivery SET state = ?, error = ?, finished_at = ? WHERE delivery_id = ?",
                over ? "FAILED" : "PENDING",
                error.length() > 1_000 ? error.substring(0, 1_000) : error,
                over ? now() : null,
                id);
    }

    public List<Delivery> deliveries(String party, int limit, long offset) {
        return deliveries(
                " WHERE ? = '' OR party = ? ORDER BY delivery_id DESC LIMIT ? OFFSET ?", party, party, limit, offset);
    }

    public long countDeliveries(String party) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM report_delivery WHERE ? = '' OR party = ?", Long.class, party, party);
        return n == null ? 0 : n;
    }

    /** Meters that a subscription may see. */
    List<String> scope(Subscription s) {
        return jdbc.queryForList(
                "SELECT meter_no FROM meter WHERE gateway_id = ANY (?) OR meter_no = ANY (?) ORDER BY 1",
                String.class,
                s.gateways().toArray(String[]::new),
                s.meters().toArray(String[]::new));
    }

    private List<Delivery> deliveries(String rest, Object... arguments) {
        return jdbc.query(
                "SELECT delivery_id, subscription, party, cause, requested_at, from_day, to_day, state, attempts, next_at,"
                        + " files, bytes, error, finished_at FROM report_delivery" + rest,
                (r, n) -> new Delivery(
                        r.getLong(1),
                        r.getString(2),
                        r.getString(3),
                        r.getString(4),
                        r.getTimestamp(5).toInstant(),
                        r.getObject(6, LocalDate.class),
                        r.getObject(7, LocalDate.class),
                        r.getString(8),
                        r.getInt(9),
                        r.getTimestamp(10).toInstant(),
                        r.getInt(11),
                        r.getLong(12),
                        r.getString(13),
                        Optional.ofNullable(r.getTimestamp(14)).map(Timestamp::toInstant)),
                arguments);
    }

    private List<Subscription> query(String rest, Object... arguments) {
        return jdbc.query(
                "SELECT " + COLUMNS + " FROM report_subscription" + rest,
                (r, n) -> new Subscription(
                        r.getString(1),
                        r.getString(2),
                        texts(r.getArray(3)).stream()
                                .map(id -> Report.of(id).orElseThrow())
                                .toList(),
                        texts(r.getArray(4)),
                        texts(r.getArray(5)),
                        Subscription.Mode.valueOf(r.getString(6)),
                        Duration.ofSeconds(r.getLong(7)),
                        r.getInt(8),
                        r.getString(9),
                        r.getString(10),
                        Optional.ofNullable(r.getTimestamp(11)).map(Timestamp::toInstant)),
                arguments);
    }

    private static List<String> texts(java.sql.Array array) throws java.sql.SQLException {
        return Arrays.asList((String[]) array.getArray());
    }

    private Timestamp now() {
        return Timestamp.from(clock.instant());
    }
}
