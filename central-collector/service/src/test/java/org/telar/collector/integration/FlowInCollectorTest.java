package org.telar.collector.integration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Poll;
import org.telar.collector.integration.loader.LegacyExport;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The assembled collector: from a batch on the wire to rows of the Legacy, by its own threads (R43, R48, R70). */
class FlowInCollectorTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static final Instant STAMP = Instant.parse("2026-06-11T04:00:00Z");

    @Test
    @DisplayName(
            "R43, R49, R70: profile and closing of a meter reach the Legacy through queue and file, and nothing is left")
    void wireToLegacy() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-flow", "flow-1");
        DataSource legacy = collector.bean("legacyDataSource", DataSource.class);
        long[] values = new long[96];
        for (int i = 0; i < values.length; i++) {
            values[i] = 11L * i;
        }
        Poll poll = Polls.poll(
                "flow-1",
                STAMP.plusSeconds(3600),
                List.of(Polls.block(FIRST, Polls.IMPORT, new int[96], values)),
                List.of(Polls.closing(STAMP, 6_519_095, STAMP.minusSeconds(5000))));
        try (FakeEdge edge = new FakeEdge(collector, "gw-flow")) {
            edge.readings(1, org.telar.collector.testing.Polls.entry(1, poll));
            await().atMost(Duration.ofSeconds(15)).until(() -> edge.acknowledged(1) >= 1);
        }
        // As if a quarter of an hour had passed for this gateway alone (D10).
        collector
                .jdbc()
                .update("UPDATE pending_work SET added_at = added_at - interval '16 min' WHERE gateway = 'gw-flow'");

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        TestDatabases.rows(legacy, "SELECT count(*) FROM register_sample WHERE meter = 'flow-1'"))
                .containsExactly("5"));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(samples(legacy)).isEqualTo(Polls.expected(poll, s -> "1.0.0")));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(archived(collector)).isGreaterThanOrEqualTo(2));
        assertThat(collector.bean(IntegrationFlow.class).backlog().unsentMessages())
                .isZero();
        assertThat(collector.number("SELECT count(*) FROM pending_work WHERE gateway = 'gw-flow'"))
                .isZero();
    }

    private static List<String> samples(DataSource legacy) throws Exception {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        new LegacyExport(legacy).samples(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"), out);
        return out.toString("UTF-8")
                .lines()
                .filter(l -> l.startsWith("flow-1,"))
                .toList();
    }

    private static long archived(RunningCollector collector) throws Exception {
        try (Stream<Path> all = Files.walk(collector.data().resolve("legacy/archive"))) {
            return all.filter(f -> f.toString().endsWith(".xml.gz")).count();
        }
    }
}
