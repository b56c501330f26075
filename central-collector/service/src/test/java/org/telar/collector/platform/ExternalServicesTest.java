package org.telar.collector.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import jakarta.jms.ConnectionFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.SharedServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Broker, JMS and database each elsewhere, by configuration; the collector embeds nothing. */
class ExternalServicesTest {

    @Test
    @DisplayName("role collector against a broker of role broker and a database server of the site's own (R12)")
    void everythingElsewhere() throws Exception {
        Path folder = RunningCollector.folder("external");
        try (SharedServices services = new SharedServices(folder);
                RunningCollector collector =
                        RunningCollector.start(folder.resolve("data"), services.pki(), services.arguments("1"))) {
            collector.fleet("gw-ext", "ext");
            Instant end = Instant.parse("2026-06-10T04:15:00Z");
            severalInstances(folder, services, collector);
            try (FakeEdge edge = new FakeEdge(services.mqttUrl(), services.pki(), "gw-ext", "gw-ext")) {
                edge.subscribe("telar/v1/gw-ext/down/#");
                edge.readings(1, Polls.entry(1, Polls.poll("ext", "", end, Polls.block(end, 1, i -> i))));
                await().atMost(Duration.ofSeconds(20)).until(() -> edge.acknowledged(1) == 1);
            }
            try (var connection = collector.bean(ConnectionFactory.class).createConnection()) {
                connection.start();
                assertThat(connection.getMetaData().getJMSProviderName()).isEqualTo("ActiveMQ");
            }
            // The CIM message crosses the other broker's queue on its way to file and Legacy (R64).
            collector.jdbc().update("UPDATE pending_work SET added_at = added_at - interval '16 min'");
            var legacy = new org.springframework.jdbc.core.JdbcTemplate(
                    collector.bean("legacyDataSource", javax.sql.DataSource.class));
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            legacy.queryForObject("SELECT count(*) FROM lp_sample WHERE meter = 'ext'", Long.class))
                    .isEqualTo(2));
            assertThat(folder.resolve("data/postgres")).doesNotExist();
            assertThat(folder.resolve("data/broker")).doesNotExist();
        }
    }

    /** Two instances share the subscription: every entry is taken once, by one of them, and acknowledged (R12, F31). */
    private static void severalInstances(Path folder, SharedServices services, RunningCollector first)
            throws Exception {
        first.fleet("gw-share", "share");
        Instant end = Instant.parse("2026-06-10T04:15:00Z");
        int entries = 120;
        try (RunningCollector second =
                        RunningCollector.start(folder.resolve("data-2"), services.pki(), services.arguments("2"));
                FakeEdge edge = new FakeEdge(services.mqttUrl(), services.pki(), "gw-share", "gw-share")) {
            edge.subscribe("telar/v1/gw-share/down/#");
            for (int i = 0; i < entries; i++) {
                Instant at = end.plusSeconds(900L * i);
                edge.readings(1, Polls.entry(i + 1, Polls.poll("share", "", at, Polls.block(at, 1, v -> v))));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> edge.acknowledged(1) == entries);
            assertThat(second.number("SELECT count(DISTINCT instance) FROM counter WHERE name = 'entries'"))
                    .isEqualTo(2);
            assertThat(second.number("SELECT sum(n) FROM counter WHERE name = 'entries'"))
                    .isEqualTo(entries);
            assertThat(second.number("SELECT sum(n_present) FROM lp_day JOIN meter USING (meter_id)"
                            + " WHERE meter_no = 'share'"))
                    .isEqualTo(entries);
        }
    }
}
