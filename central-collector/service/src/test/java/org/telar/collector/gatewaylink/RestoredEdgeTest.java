package org.telar.collector.gatewaylink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.store.Lane;
import org.telar.api.store.Opening;
import org.telar.api.store.OutboxKind;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.ingest.Mark;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RealEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A gateway whose folder comes from an old backup, with the real store, uplink, broker and collector (F12). */
@Timeout(90)
class RestoredEdgeTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static RunningCollector collector;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static void commit(RealEdge edge, String meter, int from, int to) throws Exception {
        for (int day = from; day < to; day++) {
            edge.store()
                    .commit(
                            Polls.poll(
                                    meter,
                                    "",
                                    FIRST.plusSeconds(90_000L + 86_400L * day),
                                    Polls.block(FIRST.plusSeconds(86_400L * day), 96, i -> i)),
                            Lane.LIVE);
        }
    }

    private static void drained(RealEdge edge) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> edge.store().backlog().entries() == 0);
    }

    private static long days(String meter) {
        return collector.number("SELECT count(*) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = ?", meter);
    }

    private static long events(String gateway, String code) {
        return collector.number("SELECT count(*) FROM event WHERE gateway = ? AND code = ?", gateway, code);
    }

    @Test
    @DisplayName("F12: a folder restored from a backup that then passed the collector's high-water loses nothing: its"
            + " epoch is refused at the first word, and what waits comes under another")
    void passedTheHighWater() throws Exception {
        collector.fleet("gw-old1", "old1");
        Path data = folder.resolve("data");
        try (RealEdge edge = new RealEdge(collector, "gw-old1", data)) {
            commit(edge, "old1", 0, 5);
            edge.connect();
            drained(edge);
        }
        Path backup = folder.resolve("backup");
        copy(data, backup);
        long epoch;
        try (RealEdge edge = new RealEdge(collector, "gw-old1", data)) {
            commit(edge, "old1", 5, 10);
            edge.connect();
            drained(edge);
            epoch = edge.store().epoch();
            assertThat(edge.store().lastSequence()).isEqualTo(10);
        }
        try (RealEdge edge = new RealEdge(collector, "gw-old1", backup)) {
            commit(edge, "old1", 10, 18);
            assertThat(edge.store().epoch()).isEqualTo(epoch);
            assertThat(edge.store().lastSequence()).isEqualTo(13);
            edge.connect();
            drained(edge);

            assertThat(edge.store().epoch()).isEqualTo(epoch + 1);
            assertThat(days("old1")).isEqualTo(18);
            assertThat(edge.events()).contains("EPOCH_CONFLICT");
            assertThat(events("gw-old1", "EPOCH_CONFLICT")).isEqualTo(1);
            assertThat(events("gw-old1", "EPOCH_BEGUN")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "F12, F31: what an opening sent before the store was restored, and comes late, is neither lost nor taken"
                    + " for what the restored store means by the same sequences")
    void lateWordsOfTheLostStore() throws Exception {
        collector.fleet("gw-old2", "old2");
        Opening lost = new Opening(1, 11, 0);
        Opening restored = new Opening(1, 12, 2);
        send(lost, day(1, 0), day(2, 1));
        Mark mark = send(restored, day(3, 2));
        assertThat(mark.acknowledgement().highWater()).isEqualTo(3);
        assertThat(mark.opening()).isEqualTo(12);

        mark = send(lost, day(3, 7), day(4, 8), day(2, 1));

        assertThat(mark.acknowledgement().highWater()).isEqualTo(3);
        assertThat(mark.opening()).isEqualTo(12);
        assertThat(days("old2")).isEqualTo(3);
        List<Long> aside = collector
                .jdbc()
                .queryForList("SELECT id FROM quarantine WHERE gateway = 'gw-old2' ORDER BY id", Long.class);
        assertThat(aside).hasSize(2);
        assertThat(collector.get("/api/v1/quarantine").body().path("items").toString())
                .contains("gw-old2", "restored from an older copy");

        for (long id : aside) {
            assertThat(collector
                            .post("/api/v1/quarantine/" + id + "/replay", "")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(days("old2")).describedAs("taken in by hand").isEqualTo(5);
        assertThat(collector
                        .post("/api/v1/quarantine/" + aside.get(0) + "/replay", "")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("UNKNOWN_QUARANTINED");
    }

    @Test
    @DisplayName("F12: an opening below what is committed closes its epoch for good; an older epoch is told of; an"
            + " ordinary restart is neither")
    void openings() throws Exception {
        collector.fleet("gw-old2", "old2");
        collector.fleet("gw-old3", "old3");
        send("gw-old3", new Opening(9, 21, 0), day(1, 0), day(2, 1));
        Mark restarted = send("gw-old3", new Opening(9, 22, 2), day(3, 2));
        assertThat(restarted.refusal()).isEmpty();
        assertThat(events("gw-old3", "EPOCH_CONFLICT")).isZero();

        Mark refused = send("gw-old3", new Opening(9, 23, 1), day(4, 3));
        assertThat(refused.refusal()).contains("opened at sequence 1", "sequence 3", "old copy");
        assertThat(send("gw-old3", new Opening(9, 22, 2), day(5, 4)).refusal()).isNotEmpty();
        assertThat(collector.number("SELECT high_water FROM ingest_mark WHERE gateway = 'gw-old3' AND epoch = 9"))
                .isEqualTo(3);
        assertThat(events("gw-old3", "EPOCH_CONFLICT")).isEqualTo(1);

        send("gw-old3", new Opening(5, 31, 0), day(1, 0));
        assertThat(events("gw-old3", "EPOCH_ROLLED_BACK")).isEqualTo(1);
    }

    private static Mark send(Opening opening, Batch.Entry... entries) {
        return send("gw-old2", opening, entries);
    }

    private static Mark send(String gateway, Opening opening, Batch.Entry... entries) {
        Batch batch = new Batch(gateway, opening, OutboxKind.READINGS, List.of(entries));
        return collector
                .bean(IngestService.class)
                .ingest(List.of(batch), 0)
                .iterator()
                .next();
    }

    private static Batch.Entry day(long sequence, int day) {
        return Polls.entry(
                sequence,
                Polls.poll(
                        "old2",
                        "",
                        FIRST.plusSeconds(90_000L + 86_400L * day),
                        Polls.block(FIRST.plusSeconds(86_400L * day), 96, i -> i)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path f : files.toList()) {
                Files.copy(f, to.resolve(from.relativize(f).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
