package org.telar.collector.api;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.events.EventStore;
import org.telar.collector.gatewaylink.GatewayLink;
import org.telar.collector.ingest.Counters;
import org.telar.collector.orders.OrderBook;

/** How the collector is, in numbers; and events. */
@RestController
@RequestMapping("/api/v1")
class StatusController {
    private final JdbcTemplate jdbc;
    private final Counters counters;
    private final OrderBook orders;
    private final EventStore events;
    private final GatewayLink link;
    private final Clock clock;

    /**
     * What was ingested since the beginning.
     *
     * @param values channel values of profiles that were new
     * @param knownValues values that the centre held already
     * @param duplicateEntries outbox entries that came more than once
     * @param readingPayloadBytes MQTT payload of batches of readings
     * @param lagSeconds age of the newest contact with a meter; how far the centre is behind
     */
    record Ingest(
            long batches,
            long entries,
            long values,
            long registers,
            long knownValues,
            long duplicateEntries,
            long conflicts,
            long quarantined,
            long readingPayloadBytes,
            long held,
            int waiting,
            long lagSeconds) {}

    record Link(boolean connected, long gateways, long gatewaysOnline, long gatewayBacklogEntries) {}

    /** @param files of the integration by state, and work that waits for it */
    record Status(
            Instant now,
            Link link,
            Ingest ingest,
            Map<String, Long> metersByState,
            Map<String, Long> reachability,
            Map<String, Long> ordersByState,
            Map<String, Long> runsByState,
            long events,
            long openGaps,
            Map<String, Long> files) {}

    StatusController(
            JdbcTemplate jdbc, Counters counters, OrderBook orders, EventStore events, GatewayLink link, Clock clock) {
        this.jdbc = jdbc;
        this.counters = counters;
        this.orders = orders;
        this.events = events;
        this.link = link;
        this.clock = clock;
    }

    @GetMapping("/status")
    Status status() {
        return new Status(
                clock.instant(),
                link(),
                ingest(),
                byGroup("SELECT state, count(*) FROM meter GROUP BY state"),
                byGroup("SELECT state, count(*) FROM meter_contact GROUP BY state"),
                orders.byState(),
                byGroup("SELECT state, count(*) FROM load_run GROUP BY state"),
                events.count(),
                number("SELECT count(*) FROM load_gap"),
                files());
    }

    @GetMapping("/events")
    Page<EventStore.Stored> events(
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "") String meter,
            @RequestParam(defaultValue = "") String code,
            @RequestParam(defaultValue = "") String severity,
            @RequestParam(defaultValue = "1970-01-01T00:00:00Z") Instant from,
            @RequestParam(defaultValue = "9999-01-01T00:00:00Z") Instant to,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        EventStore.Filter filter = new EventStore.Filter(gateway, meter, code, severity, from, to);
        return Page.of(page, size, events.count(filter), (l, o) -> events.list(filter, l, o), e -> e);
    }

    private Link link() {
        return new Link(
                link.isConnected(),
                number("SELECT count(*) FROM gateway"),
                number("SELECT count(*) FROM gateway WHERE online"),
                number("SELECT coalesce(sum(backlog), 0) FROM gateway"));
    }

    private Ingest ingest() {
        Map<String, Long> c = counters.all();
        List<Timestamp> newest = jdbc.query("SELECT max(last_contact) FROM meter_contact", (r, n) -> r.getTimestamp(1));
        Timestamp last = newest.isEmpty() ? null : newest.get(0);
        long lag = last == null
                ? 0
                : Math.max(
                        0, Duration.between(last.toInstant(), clock.instant()).toSeconds());
        return new Ingest(
                c.getOrDefault(Counters.BATCHES, 0L),
                c.getOrDefault(Counters.ENTRIES, 0L),
                c.getOrDefault(Counters.VALUES, 0L),
                c.getOrDefault(Counters.REGISTERS, 0L),
                c.getOrDefault(Counters.KNOWN_VALUES, 0L),
                c.getOrDefault(Counters.DUPLICATES, 0L),
                c.getOrDefault(Counters.CONFLICTS, 0L),
                c.getOrDefault(Counters.QUARANTINED, 0L),
                c.getOrDefault(Counters.READING_BYTES, 0L),
                number("SELECT count(*) FROM held_poll"),
                link.waiting(),
                lag);
    }

    private Map<String, Long> files() {
        Map<String, Long> files = new LinkedHashMap<>();
        files.put("pendingWork", number("SELECT count(*) FROM pending_work"));
        files.put("unsent", number("SELECT count(*) FROM cim_outbox WHERE sent_at IS NULL"));
        return files;
    }

    private Map<String, Long> byGroup(String sql) {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.query(sql, r -> {
            counts.put(r.getString(1), r.getLong(2));
        });
        return counts;
    }

    private long number(String sql) {
        Long n = jdbc.queryForObject(sql, Long.class);
        return n == null ? 0 : n;
    }
}
