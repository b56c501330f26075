package org.telar.collector.n2pload;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Ko;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** N2PLoad from the order to the judgement of every meter, with an edge built on the contract. */
class RunsTest {
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    /** The last interval end before now. */
    private static Instant lastEnd() {
        return Instant.ofEpochSecond(collector.clock().instant().getEpochSecond() / 900 * 900);
    }

    private static Instant now() {
        return Instant.ofEpochSecond(collector.clock().instant().getEpochSecond());
    }

    private static String ordered(FakeEdge edge, String gateway) throws Exception {
        var answer = collector.post("/api/v1/gateways/" + gateway + "/n2pload", "{}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        String run = answer.body().path("run").asString();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> edge.orders().stream().anyMatch(o -> o.id().equals(run)));
        return run;
    }

    private static Batch.Entry summary(
            long sequence, String run, Instant started, long last, Result.Outcome... meters) {
        Result r = new Result.RunSummary(run, started, now(), last, true, List.of(meters));
        return new Batch.Entry(sequence, Contract.encode(r));
    }

    private static Result.Outcome outcome(String meter, Instant contact, long samples, Ko ko) {
        return new Result.Outcome(
                meter,
                Optional.ofNullable(contact),
                Optional.empty(),
                samples,
                Optional.ofNullable(ko),
                ko == null ? "" : "no answer");
    }

    private static Map<String, String> judged(String run) {
        await().atMost(Duration.ofSeconds(15)).until(() -> collector
                .get("/api/v1/n2pload/runs/" + run)
                .body()
                .path("state")
                .asString()
                .equals("JUDGED"));
        try {
            Map<String, String> outcomes = new TreeMap<>();
            collector
                    .get("/api/v1/n2pload/runs/" + run)
                    .body()
                    .path("meters")
                    .forEach(m -> outcomes.put(
                            m.path("meter").asString(), m.path("outcome").asString()));
            return outcomes;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName(
            "judged only when all its data is in; each meter by D12, reachability and gaps with their cause (R40-R43, R47, D12)")
    void wholeRun() throws Exception {
        collector.fleet("gw-n1", "n1-new", "n1-nothing", "n1-stale", "n1-mute");
        Instant end = lastEnd();
        Instant dayAgo = end.minusSeconds(95 * 900);
        try (FakeEdge edge = new FakeEdge(collector, "gw-n1")) {
            edge.readings(
                    1,
                    Polls.entry(1, Polls.poll("n1-nothing", "", now(), Polls.block(dayAgo, 96, i -> i))),
                    Polls.entry(2, Polls.poll("n1-stale", "", now(), Polls.block(dayAgo, 90, i -> i))),
                    Polls.entry(3, Polls.poll("n1-mute", "", now(), Polls.block(dayAgo, 92, i -> i))));
            String run = ordered(edge, "gw-n1");
            assertThat(edge.orders().get(0).type()).isEqualTo(Order.Type.RUN_N2PLOAD);
            edge.receipt(run);
            Instant started = now();
            // The summary overtakes two of the run's readings.
            edge.send(
                    OutboxKind.RESULT,
                    1,
                    summary(
                            6,
                            run,
                            started,
                            5,
                            outcome("n1-new", now(), 192, null),
                            outcome("n1-nothing", now(), 0, null),
                            outcome("n1-stale", now(), 180, null),
                            outcome("n1-mute", null, 0, Ko.METER_SILENT)));
            await().atMost(Duration.ofSeconds(10)).until(() -> edge.acknowledged(1) == 3);
            assertThat(collector
                            .get("/api/v1/n2pload/runs/" + run)
                            .body()
                            .path("state")
                            .asString())
                    .isNotEqualTo("JUDGED");
            edge.readings(1, Polls.entry(4, Polls.poll("n1-new", run, now(), Polls.block(dayAgo, 96, i -> i))));
            edge.readings(1, Polls.entry(5, Polls.poll("n1-stale", run, now(), Polls.block(dayAgo, 90, i -> i))));

            assertThat(judged(run))
                    .containsEntry("n1-new", "NEW")
                    .containsEntry("n1-nothing", "NOTHING_NEW")
                    .containsEntry("n1-stale", "PROFILE_STALE")
                    .containsEntry("n1-mute", "NOT_REACHED");
            assertThat(collector
                            .get("/api/v1/orders/" + run)
                            .body()
                            .path("state")
                            .asString())
                    .isEqualTo("WARN");
            assertThat(collector
                            .get("/api/v1/meters/n1-mute")
                            .body()
                            .path("reachability")
                            .asString())
                    .isEqualTo("UNREACHED");
            assertThat(collector.number("SELECT count(*) FROM ended_group WHERE work_group = ?", run))
                    .isEqualTo(1);
            assertThat(collector
                            .jdbc()
                            .queryForList(
                                    "SELECT meter_no FROM intake JOIN meter USING (meter_id) WHERE activity = ? AND new_values > 0",
                                    String.class,
                                    run))
                    .as("meters with new samples (R43)")
                    .containsExactly("n1-new");

            var gaps = collector
                    .get("/api/v1/gaps?gateway=gw-n1&from=" + dayAgo + "&to=" + end)
                    .body()
                    .path("items");
            assertThat(gaps).anySatisfy(g -> {
                assertThat(g.path("meter").asString()).isEqualTo("n1-mute");
                assertThat(g.path("cause").asString()).isEqualTo("METER_SILENT");
                assertThat(Instant.parse(g.path("to").asString())).isEqualTo(end);
                assertThat(Instant.parse(g.path("from").asString())).isEqualTo(end.minusSeconds(4 * 900));
            });
            assertThat(gaps).anyMatch(g -> g.path("meter").asString().equals("n1-stale"));
            assertThat(gaps).noneMatch(g -> g.path("meter").asString().equals("n1-new"));
        }
    }

    @Test
    @DisplayName(
            "an edge without last contact that returns old rows: not reached, no false zero, nothing to the Legacy, no row twice (R42, G12)")
    void olderEdge() throws Exception {
        collector.fleet("gw-n2", "n2-a", "n2-b");
        Instant dayAgo = lastEnd().minusSeconds(95 * 900);
        try (FakeEdge edge = new FakeEdge(collector, "gw-n2")) {
            edge.readings(1, Polls.entry(1, Polls.poll("n2-a", "", now(), Polls.block(dayAgo, 50, i -> i))));
            String run = ordered(edge, "gw-n2");
            edge.readings(
                    1,
                    Polls.entry(2, Polls.poll("n2-a", run, now(), Polls.block(dayAgo, 50, i -> i))),
                    Polls.entry(3, Polls.poll("n2-b", run, now(), Polls.block(dayAgo, 96, i -> i))));
            edge.send(
                    OutboxKind.RESULT,
                    1,
                    summary(4, run, now(), 3, outcome("n2-a", null, 100, null), outcome("n2-b", null, 192, null)));

            assertThat(judged(run)).containsEntry("n2-a", "NOT_REACHED").containsEntry("n2-b", "NEW");
            assertThat(collector.number(
                            "SELECT new_values FROM intake JOIN meter USING (meter_id) WHERE activity = ? AND meter_no = 'n2-a'",
                            run))
                    .isZero();
            assertThat(collector.number(
                            "SELECT sum(n_present) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'n2-a'"))
                    .isEqualTo(50);
        }
    }

    @Test
    @DisplayName(
            "slots the meter has no row for are a gap of another cause; a later run closes what it fills (D4, R41)")
    void gapsCloseAgain() throws Exception {
        collector.fleet("gw-n3", "n3");
        Instant end = lastEnd();
        Instant dayAgo = end.minusSeconds(95 * 900);
        try (FakeEdge edge = new FakeEdge(collector, "gw-n3")) {
            edge.readings(
                    1,
                    Polls.entry(
                            1,
                            Polls.poll(
                                    "n3", "agenda-1", now(), Polls.missing(Polls.block(dayAgo, 90, i -> i), 10, 11))));
            edge.send(OutboxKind.RESULT, 1, summary(2, "agenda-1", now(), 1, outcome("n3", now(), 180, null)));
            judged("agenda-1");
            assertThat(collector
                            .get("/api/v1/n2pload/runs/agenda-1")
                            .body()
                            .path("origin")
                            .asString())
                    .isEqualTo("AGENDA");
            List<String> causes = collector
                    .jdbc()
                    .queryForList(
                            "SELECT cause FROM load_gap JOIN meter USING (meter_id) WHERE meter_no = 'n3' ORDER BY from_ts",
                            String.class);
            assertThat(causes).containsExactly("MISSING_AT_METER", "NOT_COLLECTED");

            edge.readings(
                    1,
                    Polls.entry(
                            3, Polls.poll("n3", "agenda-2", now(), Polls.block(end.minusSeconds(5 * 900), 6, i -> i))));
            edge.send(OutboxKind.RESULT, 1, summary(4, "agenda-2", now(), 3, outcome("n3", now(), 12, null)));
            judged("agenda-2");

            assertThat(collector
                            .jdbc()
                            .queryForList(
                                    "SELECT cause FROM load_gap JOIN meter USING (meter_id) WHERE meter_no = 'n3'",
                                    String.class))
                    .containsExactly("MISSING_AT_METER");
        }
    }

    @Test
    @DisplayName(
            "an order that joined a running run is judged by the same data; a run nobody answers expires (D22, R40)")
    void sharedAndExpired() throws Exception {
        collector.fleet("gw-n4", "n4");
        Instant dayAgo = lastEnd().minusSeconds(95 * 900);
        try (FakeEdge edge = new FakeEdge(collector, "gw-n4")) {
            String joined = ordered(edge, "gw-n4");
            Instant started = now();
            edge.readings(1, Polls.entry(1, Polls.poll("n4", "agenda-n4", now(), Polls.block(dayAgo, 96, i -> i))));
            edge.send(
                    OutboxKind.RESULT,
                    1,
                    summary(2, "agenda-n4", started, 1, outcome("n4", now(), 192, null)),
                    summary(3, joined, started, 1, outcome("n4", now(), 192, null)));
            assertThat(judged("agenda-n4")).containsEntry("n4", "NEW");
            assertThat(judged(joined)).containsEntry("n4", "NEW");

            String lonely = ordered(edge, "gw-n4");
            collector.clock().advance(Duration.ofHours(3));
            await().atMost(Duration.ofSeconds(10)).until(() -> collector
                    .get("/api/v1/n2pload/runs/" + lonely)
                    .body()
                    .path("state")
                    .asString()
                    .equals("EXPIRED"));
        }
    }

    @Test
    @DisplayName(
            "a daily closing that is due and not held is a gap with its cause, closed when it comes (R49, R41, D5)")
    void closings() throws Exception {
        collector.fleet("gw-n9", "n9");
        java.time.ZoneId zone = java.time.ZoneId.of("America/Santiago");
        java.time.LocalDate today = java.time.LocalDate.ofInstant(now(), zone);
        Instant midnight = today.atStartOfDay(zone).toInstant();
        Instant before = today.minusDays(2).atStartOfDay(zone).toInstant();
        try (FakeEdge edge = new FakeEdge(collector, "gw-n9")) {
            edge.readings(
                    1,
                    Polls.entry(
                            1,
                            Polls.poll("n9", "ag-n9", now(), List.of(), List.of(Polls.closing(before, 10, before)))));
            edge.send(OutboxKind.RESULT, 1, summary(2, "ag-n9", now(), 1, outcome("n9", now(), 2, null)));
            judged("ag-n9");
            assertThat(gaps()).containsExactly(before + " " + midnight + " NOT_COLLECTED");
            Instant between = today.minusDays(1).atStartOfDay(zone).toInstant();
            edge.readings(
                    1,
                    Polls.entry(
                            3,
                            Polls.poll(
                                    "n9",
                                    "ag-n9b",
                                    now(),
                                    List.of(),
                                    List.of(
                                            Polls.closing(between, 11, between),
                                            Polls.closing(midnight, 12, midnight)))));
            edge.send(OutboxKind.RESULT, 1, summary(4, "ag-n9b", now(), 3, outcome("n9", now(), 4, null)));
            judged("ag-n9b");
            assertThat(gaps()).isEmpty();
        }
    }

    private static List<String> gaps() {
        return collector
                .jdbc()
                .query(
                        "SELECT from_ts, to_ts, cause FROM load_gap JOIN meter USING (meter_id) WHERE meter_no = 'n9'"
                                + " AND profile = ? ORDER BY from_ts",
                        (r, n) -> r.getTimestamp(1).toInstant() + " "
                                + r.getTimestamp(2).toInstant() + " " + r.getString(3),
                        org.telar.api.model.Obis.DAILY_CLOSING.toString());
    }
}
