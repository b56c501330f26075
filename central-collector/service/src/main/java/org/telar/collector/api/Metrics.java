package org.telar.collector.api;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.telar.collector.integration.Lag;
import org.telar.collector.integration.Worker;

/**
 * What Prometheus is told at {@code /actuator/prometheus}; the names are in docs/operating.md and do not change. Asked of
 * the database every 15 seconds, not at each scrape.
 */
@Component
class Metrics implements SmartLifecycle {
    private static final Duration EVERY = Duration.ofSeconds(15);

    private final JdbcTemplate jdbc;
    private final Lag lag;
    private final List<Group> groups = new ArrayList<>();
    private final MultiGauge waiting;
    private final MultiGauge oldest;
    private final MultiGauge way;
    private Worker worker;

    /** A figure by one label; the query gives label and value. */
    private record Group(MultiGauge gauge, String label, String query) {}

    Metrics(MeterRegistry registry, JdbcTemplate jdbc, Lag lag) {
        this.jdbc = jdbc;
        this.lag = lag;
        group(registry, "telar.meters", "state", "Meters by state of their life", count("meter", "state"));
        group(
                registry,
                "telar.meters.reachability",
                "state",
                "Meters by reachability",
                count("meter_contact", "state"));
        group(registry, "telar.orders", "state", "Orders by state (A7)", count("orders", "state"));
        group(registry, "telar.n2pload.runs", "state", "N2PLoad runs by state", count("load_run", "state"));
        group(
                registry,
                "telar.gateways",
                "link",
                "Concentrators by state of their link",
                "SELECT CASE WHEN online THEN 'online' ELSE 'offline' END, count(*) FROM gateway GROUP BY 1");
        group(
                registry,
                "telar.gateways.backlog.entries",
                "kind",
                "Entries that concentrators have not delivered",
                "SELECT 'all', coalesce(sum(backlog), 0) FROM gateway");
        group(
                registry,
                "telar.alarms.open",
                "severity",
                "Open alarms",
                "SELECT severity, count(*) FROM alarm WHERE cleared_at IS NULL GROUP BY severity");
        group(registry, "telar.gaps.open", "cause", "Gaps that are open", count("load_gap", "cause"));
        group(
                registry,
                "telar.quarantine.messages",
                "kind",
                "Messages in quarantine and readings held",
                "SELECT 'quarantined', count(*) FROM quarantine UNION ALL SELECT 'held', count(*) FROM held_poll");
        group(
                registry,
                "telar.readings.age.seconds",
                "kind",
                "Age of the newest contact with a meter",
                "SELECT 'newest', coalesce(extract(epoch FROM now() - max(last_contact)), 0) FROM meter_contact");
        this.waiting = gauge(registry, "telar.legacy.waiting", "What waits on the way to the Legacy, by stage");
        this.oldest = gauge(registry, "telar.legacy.oldest.seconds", "Age of the oldest that waits, by stage");
        this.way = gauge(registry, "telar.legacy.lag.seconds", "From message to commit in the Legacy, last 24 hours");
    }

    private static String count(String table, String column) {
        return "SELECT " + column + ", count(*) FROM " + table + " GROUP BY " + column;
    }

    private void group(MeterRegistry registry, String name, String label, String text, String query) {
        groups.add(new Group(gauge(registry, name, text), label, query));
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String text) {
        return MultiGauge.builder(name).description(text).register(registry);
    }

    /** @return false: nothing more right now */
    boolean look() throws SQLException, IOException {
        for (Group g : groups) {
            List<Row<?>> rows = jdbc.query(
                    g.query(), (r, n) -> Row.of(Tags.of(g.label(), String.valueOf(r.getString(1))), r.getDouble(2)));
            g.gauge().register(rows, true);
        }
        Lag.Report report = lag.report();
        List<Row<?>> counts = new ArrayList<>();
        List<Row<?>> ages = new ArrayList<>();
        for (Lag.Stage stage : report.stages()) {
            counts.add(Row.of(Tags.of("stage", stage.stage()), stage.waiting()));
            ages.add(Row.of(
                    Tags.of("stage", stage.stage()), stage.oldestSeconds().orElse(0L)));
        }
        waiting.register(counts, true);
        oldest.register(ages, true);
        List<Row<?>> ways = new ArrayList<>();
        report.medianSeconds().ifPresent(s -> ways.add(Row.of(Tags.of("quantile", "0.5"), s)));
        report.p95Seconds().ifPresent(s -> ways.add(Row.of(Tags.of("quantile", "0.95"), s)));
        way.register(ways, true);
        return false;
    }

    @Override
    public synchronized void start() {
        worker = new Worker("metrics", EVERY, this::look);
        worker.start();
    }

    @Override
    public synchronized void stop() {
        try {
            worker.stop(Duration.ofSeconds(4));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        worker = null;
    }

    @Override
    public synchronized boolean isRunning() {
        return worker != null;
    }
}
