package org.telar.collector.alarms;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.api.platform.EventSink.Severity;
import tools.jackson.databind.json.JsonMapper;

/** The rows of alarms, one open at most per scope, kind and subject. Calls join the caller's transaction. */
final class AlarmBook {
    /** Alarms that are too many to tell each. */
    static final String STORM = "EVENT_STORM";

    private static final JsonMapper JSON = JsonMapper.shared();
    private final JdbcTemplate jdbc;
    private final AlarmSettings settings;
    private final Clock clock;

    /** What an alarm is of: a meter, a concentrator, or the centre, when both are empty. */
    record Place(String gateway, String meter, String kind, String subject) {
        String scope() {
            return meter.isEmpty() ? "g:" + gateway : "m:" + meter;
        }
    }

    /** @param fromWord it follows from a bit of a status word, and may be judged again */
    record Raise(Place place, Severity severity, String text, String spanish, boolean clearsItself, boolean fromWord) {}

    private record Last(long id, Instant raisedAt, Optional<Instant> clearedAt, Severity severity, boolean storm) {}

    AlarmBook(JdbcTemplate jdbc, AlarmSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** Nothing when it is open already (it is counted), or when a later event has ended it. */
    void raise(Raise raise, Instant at) {
        Optional<Last> last = last(raise.place());
        if (last.isPresent() && last.get().clearedAt().isEmpty()) {
            again(last.get(), raise, at);
        } else if (last.flatMap(Last::clearedAt).filter(at::isBefore).isEmpty()) {
            begin(raise, at);
        }
    }

    private void again(Last open, Raise raise, Instant at) {
        boolean worse = raise.severity().compareTo(open.severity()) > 0;
        jdbc.update(
                "UPDATE alarm SET times = times + 1, last_at = greatest(last_at, ?), severity = ?, text = ?, text_es = ?"
                        + " WHERE alarm_id = ?",
                Timestamp.from(at),
                (worse ? raise.severity() : open.severity()).name(),
                raise.text(),
                raise.spanish(),
                open.id());
        if (worse && !open.storm()) {
            tell(open.id(), "WORSE");
        }
    }

    private void begin(Raise raise, Instant at) {
        Place place = raise.place();
        boolean storm = !place.kind().equals(STORM) && tooMany(place);
        Long id = jdbc.queryForObject(
                "INSERT INTO alarm (scope, gateway, meter_no, kind, subject, severity, text, text_es, clears_itself,"
                        + " from_word, raised_at, last_at, noticed_at, storm)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING alarm_id",
                Long.class,
                place.scope(),
                place.gateway(),
                place.meter(),
                place.kind(),
                place.subject(),
                raise.severity().name(),
                raise.text(),
                raise.spanish(),
                raise.clearsItself(),
                raise.fromWord(),
                Timestamp.from(at),
                Timestamp.from(at),
                Timestamp.from(clock.instant()),
                storm);
        if (storm) {
            storm(place, raise.severity());
        } else if (id != null) {
            tell(id, "RAISED");
        }
    }

    private boolean tooMany(Place place) {
        Long n = jdbc.queryForObject(
                "SELECT count(*) FROM alarm WHERE kind = ? AND gateway = ? AND noticed_at > ?",
                Long.class,
                place.kind(),
                place.gateway(),
                Timestamp.from(clock.instant().minus(settings.stormWithin())));
        return n != null && n >= settings.stormCount();
    }

    private void storm(Place place, Severity severity) {
        String from = place.gateway().isEmpty() ? "" : " of " + place.gateway();
        raise(
                new Raise(
                        new Place(place.gateway(), "", STORM, place.kind()),
                        severity,
                        "More than " + settings.stormCount() + " alarms " + place.kind() + from + " within "
                                + settings.stormWithin() + ": the others are in the list and are not told one by one.",
                        "Más de " + settings.stormCount() + " alarmas " + place.kind()
                                + (from.isEmpty() ? "" : " de " + place.gateway()) + " en " + settings.stormWithin()
                                + ": las demás están en la lista y no se avisan una a una.",
                        true,
                        false),
                clock.instant());
    }

    /** Ends the storms that are over. */
    void calm() {
        Timestamp quiet = Timestamp.from(clock.instant().minus(settings.stormWithin()));
        List<Place> over = jdbc.query(
                "SELECT gateway, subject FROM alarm WHERE kind = ? AND cleared_at IS NULL AND last_at < ?",
                (r, n) -> new Place(r.getString(1), "", STORM, r.getString(2)),
                STORM,
                quiet);
        over.forEach(p -> clear(p, clock.instant()));
    }

    /** Nothing when there is none open, or the event is older than it. */
    void clear(Place place, Instant at) {
        last(place)
                .filter(l -> l.clearedAt().isEmpty() && !at.isBefore(l.raisedAt()))
                .ifPresent(l -> {
                    jdbc.update("UPDATE alarm SET cleared_at = ? WHERE alarm_id = ?", Timestamp.from(at), l.id());
                    if (!l.storm()) {
                        tell(l.id(), "CLEARED");
                    }
                });
    }

    private Optional<Last> last(Place place) {
        return jdbc
                .query(
                        "SELECT alarm_id, raised_at, cleared_at, severity, storm FROM alarm"
                                + " WHERE scope = ? AND kind = ? AND subject = ? ORDER BY alarm_id DESC LIMIT 1",
                        (r, n) -> new Last(
                                r.getLong(1),
                                r.getTimestamp(2).toInstant(),
                                Optional.ofNullable(r.getTimestamp(3)).map(Timestamp::toInstant),
                                Severity.valueOf(r.getString(4)),
                                r.getBoolean(5)),
                        place.scope(),
                        place.kind(),
                        place.subject())
                .stream()
                .findFirst();
    }

    /** Fixes what the alarm channel says about an alarm now. */
    void tell(long id, String change) {
        Instant now = clock.instant();
        List<Map<String, Object>> bodies = jdbc.query(
                "SELECT kind, severity, gateway, meter_no, subject, text, text_es, raised_at FROM alarm WHERE alarm_id = ?",
                (r, n) -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("alarm", id);
                    body.put("change", change);
                    body.put("at", now.toString());
                    body.put("kind", r.getString(1));
                    body.put("severity", r.getString(2));
                    body.put("gateway", r.getString(3));
                    body.put("meter", r.getString(4));
                    body.put("subject", r.getString(5));
                    body.put("text", r.getString(6));
                    body.put("textEs", r.getString(7));
                    body.put("raisedAt", r.getTimestamp(8).toInstant().toString());
                    return body;
                },
                id);
        bodies.forEach(body -> jdbc.update(
                "INSERT INTO alarm_notice (alarm_id, change, at, body) VALUES (?, ?, ?, ?)",
                id,
                change,
                Timestamp.from(now),
                JSON.writeValueAsString(body)));
    }
}
