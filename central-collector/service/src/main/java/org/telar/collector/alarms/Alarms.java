package org.telar.collector.alarms;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Alarms as people see and acknowledge them. Thread-safe. */
public final class Alarms {
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final AlarmBook book;
    private final Clock clock;

    /**
     * An alarm as it is told.
     *
     * @param times how often its cause was told while it was open
     * @param clearsItself false: its acknowledgement ends it
     * @param storm one of too many: not told outside
     */
    public record Alarm(
            long id,
            String gateway,
            String meter,
            String kind,
            String subject,
            String severity,
            String text,
            String textEs,
            Instant raisedAt,
            Instant lastAt,
            int times,
            boolean clearsItself,
            Optional<Instant> clearedAt,
            Optional<Instant> acknowledgedAt,
            String acknowledgedBy,
            String note,
            boolean storm) {}

    /**
     * What to list; an empty text is everything.
     *
     * @param state OPEN, UNACKNOWLEDGED (open or not), CLEARED or empty
     */
    public record Filter(String state, String severity, String gateway, String meter, String kind) {
        private static final String WHERE = " WHERE (? = '' OR ? = 'OPEN' AND cleared_at IS NULL"
                + " OR ? = 'CLEARED' AND cleared_at IS NOT NULL OR ? = 'UNACKNOWLEDGED' AND acknowledged_at IS NULL)"
                + " AND (? = '' OR severity = ?) AND (? = '' OR gateway = ?) AND (? = '' OR meter_no = ?)"
                + " AND (? = '' OR kind = ?)";

        private Object[] arguments(Object... more) {
            Object[] own = {state, state, state, state, severity, severity, gateway, gateway, meter, meter, kind, kind};
            Object[] all = Arrays.copyOf(own, own.length + more.length);
            System.arraycopy(more, 0, all, own.length, more.length);
            return all;
        }
    }

    Alarms(JdbcTemplate jdbc, TransactionTemplate transactions, AlarmBook book, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.book = book;
        this.clock = clock;
    }

    /** Open ones first, the worst first, then the newest. */
    public List<Alarm> list(Filter filter, int limit, long offset) {
        return select(
                Filter.WHERE + " ORDER BY cleared_at IS NOT NULL, array_position(ARRAY['CRITICAL', 'WARNING', 'INFO'],"
                        + " severity), raised_at DESC, alarm_id DESC LIMIT ? OFFSET ?",
                filter.arguments(limit, offset));
    }

    public long count(Filter filter) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM alarm" + Filter.WHERE, Long.class, filter.arguments());
        return n == null ? 0 : n;
    }

    public Optional<Alarm> find(long id) {
        return select(" WHERE alarm_id = ?", id).stream().findFirst();
    }

    /** The second acknowledgement changes nothing. */
    public Optional<Alarm> acknowledge(long id, String who, String note) {
        transactions.executeWithoutResult(t -> {
            Timestamp now = Timestamp.from(clock.instant());
            int changed = jdbc.update(
                    "UPDATE alarm SET acknowledged_at = ?, acknowledged_by = ?, note = ?,"
                            + " cleared_at = CASE WHEN clears_itself THEN cleared_at ELSE coalesce(cleared_at, ?) END"
                            + " WHERE alarm_id = ? AND acknowledged_at IS NULL",
                    now,
                    who,
                    note,
                    now,
                    id);
            if (changed == 1) {
                book.tell(id, "ACKNOWLEDGED");
            }
        });
        return find(id);
    }

    private List<Alarm> select(String where, Object... arguments) {
        return jdbc.query(
                "SELECT alarm_id, gateway, meter_no, kind, subject, severity, text, text_es, raised_at, last_at, times,"
                        + " clears_itself, cleared_at, acknowledged_at, acknowledged_by, note, storm FROM alarm"
                        + where,
                (r, n) -> new Alarm(
                        r.getLong(1),
                        r.getString(2),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5),
                        r.getString(6),
                        r.getString(7),
                        r.getString(8),
                        r.getTimestamp(9).toInstant(),
                        r.getTimestamp(10).toInstant(),
                        r.getInt(11),
                        r.getBoolean(12),
                        Optional.ofNullable(r.getTimestamp(13)).map(Timestamp::toInstant),
                        Optional.ofNullable(r.getTimestamp(14)).map(Timestamp::toInstant),
                        r.getString(15),
                        r.getString(16),
                        r.getBoolean(17)),
                arguments);
    }
}
