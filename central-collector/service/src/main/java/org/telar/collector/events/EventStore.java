package org.telar.collector.events;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.collector.ingest.EventBook;
import org.telar.contract.Event;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Events in the central database. Thread-safe; writes join the caller's transaction. */
@Component
public class EventStore implements EventBook {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What belongs in a site's security log. */
    private static final Pattern SECURITY = Pattern.compile(
            "^(METER_AUTH_|METER_REPLACED|METER_ADDRESS_|TLS_|KEY_|CERT|EPOCH_CONFLICT|STORE_ROLLED_BACK|EXTRACT|UPDATE_|CLOCK_).*$");

    private final JdbcTemplate jdbc;
    private final Clock clock;

    /** An event as it is told. */
    public record Stored(
            String id,
            String gateway,
            String meter,
            String code,
            String severity,
            Instant at,
            Instant receivedAt,
            String text,
            Map<String, String> detail) {}

    /** Which events to list; an empty text is every one. */
    public record Filter(String gateway, String meter, String code, String severity, Instant from, Instant to) {
        private static final String WHERE = " WHERE (? = '' OR gateway = ?) AND (? = '' OR meter_no = ?)"
                + " AND (? = '' OR code = ?) AND (? = '' OR severity = ?) AND at >= ? AND at < ?";

        private Stream<Object> arguments() {
            return Stream.of(
                    gateway,
                    gateway,
                    meter,
                    meter,
                    code,
                    code,
                    severity,
                    severity,
                    Timestamp.from(bounded(from)),
                    Timestamp.from(bounded(to)));
        }
    }

    public EventStore(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public void fromEdge(String gateway, List<Event> events) {
        events.forEach(e -> insert(gateway, gateway + "/" + e.id(), e));
    }

    @Override
    public void raise(String gateway, Event event) {
        insert(gateway, "centre/" + event.id(), event);
    }

    private void insert(String gateway, String id, Event e) {
        jdbc.update(
                "INSERT INTO event (event_id, gateway, meter_no, code, severity, at, received_at, text, detail,"
                        + " syslog_pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING",
                clean(id),
                gateway,
                clean(e.meter()),
                clean(e.code()),
                e.severity().name(),
                Timestamp.from(bounded(e.at())),
                Timestamp.from(clock.instant()),
                clean(e.text()),
                clean(JSON.writeValueAsString(e.detail())).replace("\\u0000", ""),
                SECURITY.matcher(e.code()).matches());
    }

    /** Newest first. */
    public List<Stored> list(Filter filter, int limit, long offset) {
        return select(
                Filter.WHERE + " ORDER BY at DESC, event_id LIMIT ? OFFSET ?",
                Stream.concat(filter.arguments(), Stream.of(limit, offset)).toArray());
    }

    public long count(Filter filter) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM event" + Filter.WHERE,
                Long.class,
                filter.arguments().toArray());
        return n == null ? 0 : n;
    }

    /** Security events, oldest first, for the site's own log; {@code after} is the last one had, empty at first. */
    public List<Stored> security(Instant from, Instant to, Optional<Stored> after, int limit) {
        Timestamp since = Timestamp.from(after.map(Stored::receivedAt).orElse(from));
        return select(
                " WHERE code ~ ? AND received_at < ? AND (received_at, event_id) > (?, ?)"
                        + " ORDER BY received_at, event_id LIMIT ?",
                SECURITY.pattern(),
                Timestamp.from(to),
                since,
                after.map(Stored::id).orElse(""),
                limit);
    }

    private List<Stored> select(String where, Object... arguments) {
        return jdbc.query(
                "SELECT event_id, gateway, meter_no, code, severity, at, received_at, text, detail FROM event" + where,
                (r, n) -> new Stored(
                        r.getString(1),
                        r.getString(2),
                        r.getString(3),
                        r.getString(4),
                        r.getString(5),
                        r.getTimestamp(6).toInstant(),
                        r.getTimestamp(7).toInstant(),
                        r.getString(8),
                        JSON.readValue(r.getString(9), new TypeReference<Map<String, String>>() {})),
                arguments);
    }

    public long count() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM event", Long.class);
        return n == null ? 0 : n;
    }

    private static String clean(String text) {
        String bounded = text.length() > 4000 ? text.substring(0, 4000) : text;
        return bounded.replace("\u0000", "");
    }

    /** An edge that wakes up in another age still has its event stored. */
    private static Instant bounded(Instant at) {
        Instant low = Instant.parse("1900-01-01T00:00:00Z");
        Instant high = Instant.parse("9999-01-01T00:00:00Z");
        return at.isBefore(low) ? low : at.isAfter(high) ? high : at;
    }
}
