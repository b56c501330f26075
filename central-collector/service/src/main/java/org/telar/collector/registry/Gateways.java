package org.telar.collector.registry;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.BadInput;
import org.telar.collector.events.EventStore;
import org.telar.collector.gatewaylink.GatewayListener;
import org.telar.collector.platform.TlsMaterial;
import org.telar.contract.Event;
import org.telar.contract.Status;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Concentrators: registration, and what they tell of themselves. Thread-safe. */
@Component
public class Gateways implements GatewayListener {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final EventStore events;
    private final String collectorName;
    private final TlsMaterial tls;

    /**
     * A concentrator.
     *
     * @param registered false when it spoke before anybody registered it
     * @param backlog outbox entries it had not been acknowledged when it last said
     */
    public record Gateway(
            String id,
            String name,
            boolean registered,
            boolean online,
            Optional<Instant> onlineSince,
            Optional<Instant> lastSeen,
            long epoch,
            String version,
            long backlog,
            long meters) {}

    /** What became of a registration. */
    public enum Registration {
        CREATED,
        EXISTED
    }

    public Gateways(JdbcTemplate jdbc, Clock clock, EventStore events, TlsMaterial tls) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.events = events;
        this.collectorName = tls.commonName();
        this.tls = tls;
    }

    /** @throws IllegalArgumentException when the id is none, or the collector's own name at the broker */
    public Registration register(String id, String name) {
        if (!FORM.matcher(id).matches()) {
            throw new IllegalArgumentException("a gateway id is 1 to 64 of A-Z a-z 0-9 . _ -, got: " + id);
        }
        if (id.equals(collectorName) || id.startsWith(collectorName + "-")) {
            throw new IllegalArgumentException("the name " + id + " belongs to the collector itself");
        }
        if (name.length() > 200) {
            throw new IllegalArgumentException("a name has at most 200 characters");
        }
        boolean existed = find(id).map(Gateway::registered).orElse(false);
        jdbc.update(
                "INSERT INTO gateway (gateway_id, name, registered, first_seen) VALUES (?, ?, true, ?)"
                        + " ON CONFLICT (gateway_id) DO UPDATE SET registered = true,"
                        + " name = CASE WHEN EXCLUDED.name = '' THEN gateway.name ELSE EXCLUDED.name END",
                id,
                name,
                Timestamp.from(clock.instant()));
        return existed ? Registration.EXISTED : Registration.CREATED;
    }

    @Override
    public void status(String gateway, Status status) {
        Instant now = clock.instant();
        Optional<Gateway> before = find(gateway);
        jdbc.update(
                "INSERT INTO gateway AS g (gateway_id, first_seen, online, online_since, last_seen, epoch, version, backlog,"
                        + " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb) ON CONFLICT (gateway_id) DO UPDATE SET"
                        + " online = EXCLUDED.online, online_since = CASE WHEN g.online = EXCLUDED.online"
                        + " THEN g.online_since ELSE EXCLUDED.online_since END, last_seen = EXCLUDED.last_seen,"
                        + " epoch = greatest(g.epoch, EXCLUDED.epoch), version = EXCLUDED.version,"
                        + " backlog = EXCLUDED.backlog, detail = EXCLUDED.detail",
                gateway,
                Timestamp.from(now),
                status.online(),
                Timestamp.from(now),
                Timestamp.from(now),
                status.epoch(),
                status.version().replace("\u0000", ""),
                status.backlog(),
                JsonMapper.shared().writeValueAsString(status.detail()).replace("\\u0000", ""));
        if (before.isEmpty()) {
            events.raise(
                    gateway,
                    new Event(
                            "unknown/" + gateway,
                            now,
                            "GATEWAY_UNKNOWN",
                            Severity.WARNING,
                            "",
                            "Gateway " + gateway + " has a valid certificate and is not registered; what it sends for"
                                    + " unknown meters is held.",
                            java.util.Map.of()));
        }
        if (before.isPresent() && before.get().online() != status.online()) {
            String code = status.online() ? "LINK_UP" : "LINK_DOWN";
            events.raise(
                    gateway,
                    new Event(
                            code + "/" + gateway + "/" + now.toEpochMilli(),
                            now,
                            code,
                            status.online() ? Severity.INFO : Severity.WARNING,
                            "",
                            "Gateway " + gateway + (status.online() ? " is connected." : " is not connected any more."),
                            java.util.Map.of()));
        }
    }

    /** What it should have in force. */
    public record Versions(
            long table, boolean tableSent, int metersWithoutAddress, long agenda, Optional<Instant> certificateEnds) {}

    public Versions versions(String id) {
        return jdbc.queryForObject(
                "SELECT table_version, table_pushed, table_missing, agenda_version, certificate FROM gateway"
                        + " WHERE gateway_id = ?",
                (r, n) -> new Versions(
                        r.getLong(1),
                        r.getBoolean(2),
                        r.getInt(3),
                        r.getLong(4),
                        Optional.ofNullable(r.getBytes(5))
                                .map(c -> Tables.certificate(c).getNotAfter().toInstant())),
                id);
    }

    /** What it last told of itself, by name. */
    public Map<String, String> detail(String id) {
        String json = jdbc.queryForObject("SELECT detail FROM gateway WHERE gateway_id = ?", String.class, id);
        return JsonMapper.shared().readValue(json, new TypeReference<Map<String, String>>() {});
    }

    /**
     * The certificate that its keys are sealed for.
     *
     * @throws BadInput when it is another party's, over, or of no authority of ours
     */
    public void certificate(String id, X509Certificate certificate) throws GeneralSecurityException {
        if (!TlsMaterial.commonName(certificate).filter(id::equals).isPresent()
                || certificate.getNotAfter().toInstant().isBefore(clock.instant())
                || !tls.trusts(certificate)) {
            throw new BadInput("CERTIFICATE", id);
        }
        jdbc.update(
                "UPDATE gateway SET certificate = ?, table_due = true WHERE gateway_id = ?",
                certificate.getEncoded(),
                id);
    }

    public Optional<Gateway> find(String id) {
        return jdbc.query(SELECT + " WHERE g.gateway_id = ?", (r, n) -> gateway(r), id).stream()
                .findFirst();
    }

    public List<Gateway> list(int limit, long offset) {
        return jdbc.query(SELECT + " ORDER BY g.gateway_id LIMIT ? OFFSET ?", (r, n) -> gateway(r), limit, offset);
    }

    public long count() {
        Long n = jdbc.queryForObject("SELECT count(*) FROM gateway", Long.class);
        return n == null ? 0 : n;
    }

    private static final String SELECT =
            "SELECT g.gateway_id, g.name, g.registered, g.online, g.online_since, g.last_seen, g.epoch, g.version,"
                    + " g.backlog, (SELECT count(*) FROM meter m WHERE m.gateway_id = g.gateway_id) FROM gateway g";

    private static Gateway gateway(ResultSet r) throws SQLException {
        return new Gateway(
                r.getString(1),
                r.getString(2),
                r.getBoolean(3),
                r.getBoolean(4),
                Optional.ofNullable(r.getTimestamp(5)).map(Timestamp::toInstant),
                Optional.ofNullable(r.getTimestamp(6)).map(Timestamp::toInstant),
                r.getLong(7),
                r.getString(8),
                r.getLong(9),
                r.getLong(10));
    }
}
