package org.telar.collector.alarms;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.alarms.AlarmBook.Place;
import org.telar.collector.alarms.AlarmBook.Raise;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Judges events by the tables, each once and in the order they came; the event's row is the duty to do so. One instance
 * at a time, whatever their number. Thread-safe.
 */
public final class AlarmKeeper {
    private static final int AT_ONCE = 500;
    private static final long TURN = 0x54656c6172416c6dL;
    private static final String STATUS_WORD = "METER_STATUS_CHANGED";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final AlarmSettings settings;
    private final AlarmBook book;
    private volatile Tables tables;

    /** @param words status words judged; @param open alarms from status words that are open now */
    public record Replayed(long words, long open) {}

    private record Tables(AlarmTable alarms, StatusBits bits) {}

    private record Row(
            String id,
            String gateway,
            String meter,
            String model,
            String code,
            Severity severity,
            Instant at,
            String text,
            Map<String, String> detail) {}

    /** @throws IllegalArgumentException naming file and line when a table is broken */
    AlarmKeeper(JdbcTemplate jdbc, TransactionTemplate transactions, AlarmSettings settings, AlarmBook book) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.settings = settings;
        this.book = book;
        this.tables = tables();
    }

    private Tables tables() {
        return new Tables(
                new AlarmTable(settings.table().map(Path::of)),
                new StatusBits(settings.statusBits().map(Path::of)));
    }

    /** @return whether there may be more right now */
    boolean judge() {
        return Boolean.TRUE.equals(transactions.execute(t -> {
            Boolean turn = jdbc.queryForObject("SELECT pg_try_advisory_xact_lock(?)", Boolean.class, TURN);
            if (!Boolean.TRUE.equals(turn)) {
                return false;
            }
            List<Row> rows = events("WHERE alarm_pending ORDER BY e.received_at, e.at, e.event_id LIMIT " + AT_ONCE);
            rows.forEach(this::judge);
            jdbc.batchUpdate(
                    "UPDATE event SET alarm_pending = false WHERE event_id = ?",
                    rows.stream().map(r -> new Object[] {r.id()}).toList());
            book.calm();
            return rows.size() == AT_ONCE;
        }));
    }

    /**
     * Reads the tables again and judges every status word again by them: what a corrected table says is what stands
     * (D16). Acknowledgements stay. What follows is told as one change, not as many.
     *
     * @throws IllegalArgumentException naming file and line when a table is broken; nothing has changed then
     */
    public Replayed replay() {
        Tables corrected = tables();
        Replayed done = transactions.execute(t -> {
            jdbc.query("SELECT pg_advisory_xact_lock(?)", r -> {}, TURN);
            tables = corrected;
            jdbc.execute("CREATE TEMP TABLE judged_before ON COMMIT DROP AS SELECT * FROM alarm WHERE from_word");
            jdbc.update("DELETE FROM alarm WHERE from_word");
            Long mark = jdbc.queryForObject("SELECT coalesce(max(notice_id), 0) FROM alarm_notice", Long.class);
            long words = 0;
            Row last = null;
            while (true) {
                List<Row> page = last == null
                        ? events("WHERE e.code = '" + STATUS_WORD + "' ORDER BY e.at, e.event_id LIMIT " + AT_ONCE)
                        : events(
                                "WHERE e.code = '" + STATUS_WORD + "' AND (e.at, e.event_id) > (?, ?)"
                                        + " ORDER BY e.at, e.event_id LIMIT " + AT_ONCE,
                                Timestamp.from(last.at()),
                                last.id());
                page.forEach(this::judge);
                words += page.size();
                if (page.size() < AT_ONCE) {
                    break;
                }
                last = page.get(page.size() - 1);
            }
            jdbc.update("DELETE FROM alarm_notice WHERE notice_id > ?", mark);
            jdbc.update("UPDATE alarm a SET acknowledged_at = b.acknowledged_at, acknowledged_by = b.acknowledged_by,"
                    + " note = b.note, noticed_at = b.noticed_at, storm = b.storm FROM judged_before b"
                    + " WHERE a.from_word AND a.scope = b.scope AND a.kind = b.kind AND a.subject = b.subject"
                    + " AND a.raised_at = b.raised_at");
            jdbc.update("UPDATE event SET alarm_pending = false WHERE alarm_pending AND code = '" + STATUS_WORD + "'");
            Long open = jdbc.queryForObject(
                    "SELECT count(*) FROM alarm WHERE from_word AND cleared_at IS NULL", Long.class);
            return new Replayed(words, open == null ? 0 : open);
        });
        return Optional.ofNullable(done).orElseThrow();
    }

    private void judge(Row row) {
        if (row.code().equals(STATUS_WORD)) {
            words(row);
            return;
        }
        Optional<AlarmTable.Rule> rule = tables.alarms().of(row.code());
        boolean over = row.detail().getOrDefault("cleared", "").equals("true");
        String alarm = rule.map(AlarmTable.Rule::alarm).orElse(row.code());
        String subject = rule.map(r -> row.detail().getOrDefault(r.subject(), ""))
                .map(s -> s.length() > 200 ? s.substring(0, 200) : s)
                .orElse("");
        Place place = new Place(row.gateway(), row.meter(), alarm, subject);
        if (over || rule.isPresent() && !rule.get().raises()) {
            book.clear(place, row.at());
        } else if (rule.isPresent() || row.severity() == Severity.CRITICAL) {
            Severity severity = rule.flatMap(AlarmTable.Rule::severity).orElse(row.severity());
            book.raise(
                    new Raise(place, severity, row.text(), "", tables.alarms().clearsItself(alarm), false), row.at());
        }
    }

    /** Each bit that changed, by what the table says it means; the event keeps the raw word. */
    private void words(Row row) {
        String object = row.detail().getOrDefault("object", "");
        long before = word(row.detail().getOrDefault("old", ""));
        long now = word(row.detail().getOrDefault("new", ""));
        for (long changed = before ^ now; changed != 0; changed &= changed - 1) {
            int bit = Long.numberOfTrailingZeros(changed);
            boolean set = (now >>> bit & 1) == 1;
            tables.bits().of(row.model(), object, bit).ifPresent(m -> {
                Place place = new Place(row.gateway(), row.meter(), m.alarm(), object + "#" + bit);
                if (set) {
                    book.raise(new Raise(place, m.severity(), m.english(), m.spanish(), true, true), row.at());
                } else {
                    book.clear(place, row.at());
                }
            });
        }
    }

    private static long word(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private List<Row> events(String where, Object... arguments) {
        return jdbc.query(
                "SELECT e.event_id, e.gateway, e.meter_no, coalesce(m.model, ''), e.code, e.severity, e.at, e.text,"
                        + " e.detail FROM event e LEFT JOIN meter m ON m.meter_no = e.meter_no " + where,
                (r, n) -> row(r),
                arguments);
    }

    private static Row row(ResultSet r) throws SQLException {
        return new Row(
                r.getString(1),
                r.getString(2),
                r.getString(3),
                r.getString(4),
                r.getString(5),
                Severity.valueOf(r.getString(6)),
                r.getTimestamp(7).toInstant(),
                r.getString(8),
                JSON.readValue(r.getString(9), new TypeReference<Map<String, String>>() {}));
    }
}
