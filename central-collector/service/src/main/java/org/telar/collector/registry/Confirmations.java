package org.telar.collector.registry;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.events.EventStore;
import org.telar.contract.Event;
import org.telar.contract.Result;

/** What concentrators say of the tables, agendas and configurations they were sent. Joins the caller's transaction. */
@Component
public class Confirmations {
    private final JdbcTemplate jdbc;
    private final EventStore events;

    /**
     * @param kind {@code table}, {@code activities} or {@code config}
     * @param state EXE, WARN (in force but for the problems) or FAIL (nothing changed)
     */
    public record Confirmation(
            String kind, long version, String state, int entries, List<String> problems, Instant at) {}

    public Confirmations(JdbcTemplate jdbc, EventStore events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    /** An older word than the one held changes nothing. */
    public void take(String gateway, Result.Applied a) {
        int taken = jdbc.update(
                "INSERT INTO gateway_applied AS g (gateway, kind, version, state, entries, problems, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway, kind) DO UPDATE SET"
                        + " version = EXCLUDED.version, state = EXCLUDED.state, entries = EXCLUDED.entries,"
                        + " problems = EXCLUDED.problems, at = EXCLUDED.at WHERE g.version <= EXCLUDED.version",
                gateway,
                a.kind().replace("\u0000", ""),
                a.version(),
                a.state().name(),
                a.entries(),
                a.problems().stream().map(p -> p.replace("\u0000", "")).toArray(String[]::new),
                Timestamp.from(a.at()));
        if (taken > 0 && a.state() != Result.State.EXE) {
            String text = "Gateway " + gateway + (a.state() == Result.State.FAIL ? " refused " : " took in part ")
                    + a.kind() + " version " + a.version()
                    + (a.problems().isEmpty() ? "." : ": " + a.problems().get(0));
            events.raise(
                    gateway,
                    new Event(
                            "applied/" + gateway + "/" + a.kind() + "/" + a.version(),
                            a.at(),
                            "DOWNLOAD_" + (a.state() == Result.State.FAIL ? "REFUSED" : "PARTIAL"),
                            Severity.WARNING,
                            "",
                            text,
                            Map.of("kind", a.kind(), "version", Long.toString(a.version()))));
        }
    }

    public List<Confirmation> of(String gateway) {
        return jdbc.query(
                "SELECT kind, version, state, entries, problems, at FROM gateway_applied WHERE gateway = ? ORDER BY kind",
                (r, n) -> new Confirmation(
                        r.getString(1),
                        r.getLong(2),
                        r.getString(3),
                        r.getInt(4),
                        Arrays.asList((String[]) r.getArray(5).getArray()),
                        r.getTimestamp(6).toInstant()),
                gateway);
    }
}
