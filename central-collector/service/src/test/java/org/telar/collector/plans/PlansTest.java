package org.telar.collector.plans;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Ko;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.RunningCollector.Answer;
import org.telar.collector.testing.ScriptedGateway;
import org.telar.contract.Order;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Planificación Masiva over the API, the broker and the database, with concentrators that answer by a script. */
class PlansTest {
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static JsonNode created(String json) throws Exception {
        Answer answer = collector.post("/api/v1/plans", json);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer.body();
    }

    private static JsonNode plan(String id) throws Exception {
        return collector.get("/api/v1/plans/" + id).body();
    }

    private static long count(String id, String name) throws Exception {
        return plan(id).path("run").path("counts").path(name).asLong();
    }

    private static void awaitState(String id, String state) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(plan(id).path("state").asString())
                        .as(plan(id).toString())
                        .isEqualTo(state));
    }

    private static String quoted(Stream<String> meters) {
        return meters.map(m -> "\"" + m + "\"").collect(java.util.stream.Collectors.joining(","));
    }

    private static ScriptedGateway gateway(String id, java.util.function.Function<Order, Optional<Ko>> script)
            throws Exception {
        return new ScriptedGateway(new FakeEdge(collector, id), collector.clock(), script);
    }

    @Test
    @DisplayName(
            "unknown and unable meters are refused by line, the rest done in order; FAIL is retried by its parameters and counted (R31, R63, R72, R73, R75, S13)")
    void wholePlan() throws Exception {
        String[] meters = IntStream.range(0, 12).mapToObj(i -> "pl1-" + i).toArray(String[]::new);
        collector.fleet("gw-pl1", meters);
        collector.jdbc().update("UPDATE meter SET capabilities = '{READ_STATUS}' WHERE meter_no = 'pl1-3'");
        Map<String, Integer> tries = new ConcurrentHashMap<>();
        try (ScriptedGateway gateway = gateway("gw-pl1", o -> {
            int n = tries.merge(o.meter().orElseThrow().number(), 1, Integer::sum);
            return switch (o.meter().get().number()) {
                case "pl1-5" -> Optional.of(Ko.METER_SILENT);
                case "pl1-6" -> n == 1 ? Optional.of(Ko.METER_UNREACHABLE) : Optional.empty();
                case "pl1-7" -> Optional.of(Ko.AUTH_FAILED);
                default -> Optional.empty();
            };
        })) {
            String id = created("{\"name\":\"whole\",\"commands\":[{\"type\":\"READ_REGISTERS\"}],\"tries\":2,"
                            + "\"retryAfter\":\"PT1S\",\"perGateway\":3,\"meters\":["
                            + quoted(Stream.concat(Stream.of(meters), Stream.of("pl1-nobody", "pl1-0", "¿?"))) + "]}")
                    .path("id")
                    .asString();
            assertThat(plan(id).path("members").asInt()).isEqualTo(11);
            assertThat(plan(id).path("duplicates").asInt()).isEqualTo(1);
            JsonNode refusals =
                    collector.get("/api/v1/plans/" + id + "/refusals").body().path("items");
            assertThat(refusals)
                    .map(r -> r.path("line").asInt() + " " + r.path("code").asString())
                    .containsExactly("4 UNSUPPORTED", "13 UNKNOWN_METER", "15 METER_NUMBER");

            await().atMost(Duration.ofSeconds(30)).until(() -> count(id, "exe") + count(id, "fail") == 11);
            assertThat(count(id, "exe")).isEqualTo(9);
            assertThat(tries)
                    .containsEntry("pl1-5", 2)
                    .containsEntry("pl1-6", 2)
                    .containsEntry("pl1-7", 1);
            List<String> first = gateway.executed().stream()
                    .map(o -> o.meter().orElseThrow().number())
                    .distinct()
                    .toList();
            assertThat(first)
                    .as("the plan's order")
                    .containsExactly(
                            Stream.of(meters).filter(m -> !m.equals("pl1-3")).toArray(String[]::new));
            JsonNode failed = collector
                    .get("/api/v1/plans/" + id + "/items?state=FAIL")
                    .body()
                    .path("items");
            assertThat(failed)
                    .map(i -> i.path("meter").asString() + " " + i.path("ko").asString())
                    .containsExactly("pl1-5 METER_SILENT", "pl1-7 AUTH_FAILED");
            assertThat(collector.number("SELECT count(*) FROM event WHERE code = 'ORDER_FAIL' AND meter_no = 'pl1-5'"))
                    .as("a failure event a try (R75)")
                    .isEqualTo(2);
            assertCounts(id);
            String csv = collector
                    .raw(collector.request("/api/v1/plans/" + id + "/items.csv").GET())
                    .body();
            assertThat(csv.lines())
                    .hasSize(12)
                    .element(0)
                    .isEqualTo("place,meter,command,state,tries,order,ko,finished");
        }
    }

    /** The kept counts are what a count of the items says. */
    private static void assertCounts(String id) throws Exception {
        long run = plan(id).path("run").path("id").asLong();
        collector
                .jdbc()
                .queryForList("SELECT state, count(*) AS n FROM plan_item WHERE run_id = ? GROUP BY state", run)
                .forEach(row -> {
                    try {
                        assertThat(count(id, row.get("state").toString().toLowerCase(java.util.Locale.ROOT)))
                                .as(row.toString())
                                .isEqualTo(row.get("n"));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    @DisplayName(
            "nothing is sent before the window, no order lives beyond it, what had no turn expires; a missed window is told (R61, R75, D5)")
    void window() throws Exception {
        collector.fleet("gw-pl2", "pl2-a", "pl2-b");
        try (ScriptedGateway gateway = gateway("gw-pl2", o -> null)) {
            Instant from = collector.clock().instant().plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.HOURS);
            var start = from.atZone(ZoneOffset.UTC);
            String hours = "\"hours\":[{\"start\":\"" + start.toLocalTime() + "\",\"end\":\""
                    + start.toLocalTime().plusMinutes(10) + "\"}]";
            String id = created("{\"name\":\"window\",\"zone\":\"UTC\",\"dates\":[\"" + start.toLocalDate() + "\",\""
                            + start.toLocalDate().plusDays(1) + "\",\""
                            + start.toLocalDate().plusDays(2) + "\"]," + hours
                            + ",\"commands\":[{\"type\":\"READ_STATUS\"}],\"perGateway\":1,\"deadline\":\"PT1H\","
                            + "\"meters\":[\"pl2-a\",\"pl2-b\"]}")
                    .path("id")
                    .asString();
            assertThat(Instant.parse(plan(id).path("next").path("from").asString()))
                    .isEqualTo(from);
            collector.clock().advance(Duration.between(collector.clock().instant(), from.minusSeconds(20)));
            await().during(Duration.ofSeconds(1)).until(() -> gateway.executed().isEmpty());
            assertThat(plan(id).path("run").has("id")).isFalse();

            collector.clock().advance(Duration.ofSeconds(20));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.executed().size() == 1);
            assertThat(gateway.executed().get(0).deadline()).isEqualTo(from.plus(Duration.ofMinutes(10)));

            collector.clock().advance(Duration.ofMinutes(10));
            await().atMost(Duration.ofSeconds(15)).until(() -> count(id, "expired") == 1 && count(id, "fail") == 1);
            assertThat(gateway.executed()).hasSize(1);
            assertCounts(id);

            // Both windows to come pass while nobody is there: a plan whose step is taken away stands for that.
            collector.jdbc().update("UPDATE plan SET next_at = NULL WHERE plan_id = ?", id);
            collector.clock().advance(Duration.ofDays(3));
            collector.jdbc().update("UPDATE plan SET next_at = now() WHERE plan_id = ?", id);
            awaitState(id, "DONE");
            assertThat(collector.number("SELECT count(*) FROM plan_run WHERE plan_id = ? AND state = 'MISSED'", id))
                    .isEqualTo(2);
            assertThat(collector.number(
                            "SELECT count(*) FROM event WHERE code = 'PLAN_WINDOW_MISSED' AND detail->>'plan' = ?", id))
                    .isEqualTo(2);
            assertThat(gateway.executed()).as("never outside its window").hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "paused nothing is sent, resumed it goes on, cancelled its orders end; what failed is done again (R31, R75)")
    void pauseCancelRetry() throws Exception {
        String[] meters = IntStream.range(0, 6).mapToObj(i -> "pl3-" + i).toArray(String[]::new);
        collector.fleet("gw-pl3", meters);
        Map<String, Boolean> mute = new ConcurrentHashMap<>(Map.of("on", true));
        try (ScriptedGateway gateway = gateway("gw-pl3", o -> mute.get("on") ? null : Optional.empty())) {
            String id = created("{\"name\":\"hold\",\"commands\":[{\"type\":\"CHECK_CLOCK\"}],\"perGateway\":2,"
                            + "\"meters\":[" + quoted(Stream.of(meters)) + "]}")
                    .path("id")
                    .asString();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.executed().size() == 2);
            assertThat(collector
                            .post("/api/v1/plans/" + id + "/pause", "")
                            .body()
                            .path("state")
                            .asString())
                    .isEqualTo("PAUSED");
            assertThat(collector.post("/api/v1/plans/" + id + "/retry", "").status())
                    .isEqualTo(409);
            String open = gateway.executed().get(0).id();
            collector.delete("/api/v1/orders/" + open);
            await().during(Duration.ofSeconds(1)).until(() -> gateway.executed().size() == 2);
            collector.post("/api/v1/plans/" + id + "/resume", "");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.executed().size() == 3);
            collector.post("/api/v1/plans/" + id + "/cancel", "");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> plan(id).path("run").path("state").asString().equals("CANCELLED"));
            assertThat(count(id, "cancelled")).isEqualTo(6);
            assertCounts(id);
            assertThat(collector
                            .post("/api/v1/plans/" + id + "/resume", "")
                            .body()
                            .path("code")
                            .asString())
                    .isEqualTo("PLAN_STATE");

            collector
                    .jdbc()
                    .update(
                            "UPDATE plan_item SET state = 'FAIL' WHERE run_id = ? AND ord <= 2",
                            plan(id).path("run").path("id").asLong());
            mute.put("on", false);
            Answer again = collector.post("/api/v1/plans/" + id + "/retry", "");
            assertThat(again.status()).as(again.toString()).isEqualTo(202);
            await().atMost(Duration.ofSeconds(10)).until(() -> count(id, "exe") == 2);
            assertThat(plan(id).path("run").path("origin").asString()).isEqualTo("RETRY");
            assertThat(gateway.executed()).hasSize(5);
        }
    }

    @Test
    @DisplayName(
            "a plan of N2PLoad orders one run for each concentrator and takes each meter's outcome; a run of its own today is enough (R30, R40, R62, D12)")
    void load() throws Exception {
        collector.fleet("gw-pl4", "pl4-a", "pl4-b");
        try (ScriptedGateway gateway = gateway("gw-pl4", o -> Optional.empty())) {
            String id = created("{\"name\":\"load\",\"commands\":[{\"type\":\"RUN_N2PLOAD\"}],\"tries\":1,"
                            + "\"filter\":{\"gateway\":\"gw-pl4\"}}")
                    .path("id")
                    .asString();
            await().atMost(Duration.ofSeconds(15)).until(() -> count(id, "fail") == 2);
            assertThat(gateway.executed()).hasSize(1);
            assertThat(gateway.executed().get(0).meter()).isEmpty();
            JsonNode items =
                    collector.get("/api/v1/plans/" + id + "/items").body().path("items");
            assertThat(items).map(i -> i.path("ko").asString()).containsExactly("UNKNOWN_METER", "UNKNOWN_METER");

            String run = gateway.executed().get(0).id();
            for (String m : List.of("pl4-a", "pl4-b")) {
                collector
                        .jdbc()
                        .update(
                                "INSERT INTO load_run_meter (run_id, meter_no, outcome, samples, new_values, new_registers, ko,"
                                        + " detail) VALUES (?, ?, 'NEW', 0, 0, 0, '', '')",
                                run,
                                m);
            }
            collector.post("/api/v1/plans/" + id + "/retry", "");
            await().atMost(Duration.ofSeconds(15)).until(() -> count(id, "exe") == 2);
            assertThat(gateway.executed())
                    .as("no traffic for what the concentrator has brought")
                    .hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "a list of any size as CSV into a draft; the same key is the same plan, another content a conflict (R31)")
    void draftAndKey() throws Exception {
        collector.fleet("gw-pl5", "pl5-a");
        String body = "{\"name\":\"draft\",\"draft\":true,\"commands\":[{\"type\":\"READ_PROFILE\",\"lastDays\":2}],"
                + "\"dates\":[\"2099-01-01\"],\"hours\":[{\"start\":\"01:00\",\"end\":\"02:00\"}]}";
        Map<String, String> key = Map.of("Idempotency-Key", "pl5");
        Answer first = collector.post("/api/v1/plans", "application/json", body, key);
        String id = first.body().path("id").asString();
        assertThat(collector
                        .post("/api/v1/plans", "application/json", body, key)
                        .status())
                .isEqualTo(200);
        Answer other = collector.post(
                "/api/v1/plans", "application/json", body.replace("2,", "2,").replace("draft\",", "other\","), key);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body().path("code").asString()).isEqualTo("IDEMPOTENCY_KEY");

        HttpRequest.Builder put = collector
                .request("/api/v1/plans/" + id + "/meters")
                .header("Content-Type", "text/csv")
                .PUT(HttpRequest.BodyPublishers.ofString("meter;x\npl5-a;1\n\npl5-zz\n"));
        assertThat(collector.send(put).body().path("lines").asInt()).isEqualTo(2);
        JsonNode started = collector.post("/api/v1/plans/" + id + "/start", "").body();
        assertThat(started.path("state").asString()).isEqualTo("ACTIVE");
        assertThat(started.path("members").asInt()).isEqualTo(1);
        assertThat(started.path("refused").asInt()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "what is wrong has its own code, a sentence and a way out, in Spanish or English by Accept-Language (D13)")
    void refused() throws Exception {
        String wrong = "{\"name\":\"x\",\"commands\":[{\"type\":\"SET_CLOCK\"}],\"meters\":[\"a\"]}";
        Answer english = collector.post("/api/v1/plans", "application/json", wrong, Map.of("Accept-Language", "en"));
        assertThat(english.status()).isEqualTo(422);
        assertThat(english.body().path("code").asString()).isEqualTo("PLAN_COMMAND_TYPE");
        assertThat(english.body().path("detail").asString()).contains("send it as an order");
        Answer spanish = collector.post("/api/v1/plans", "application/json", wrong, Map.of("Accept-Language", "es-CL"));
        assertThat(spanish.body().path("detail").asString()).contains("envíelo como orden");
        String nobody = "{\"name\":\"x\",\"commands\":[{\"type\":\"READ_STATUS\"}],\"meters\":[\"pl6-nobody\"]}";
        Answer empty = collector.post("/api/v1/plans", nobody);
        assertThat(empty.body().path("code").asString()).isEqualTo("PLAN_EMPTY");
        assertThat(empty.body().path("detail").asString())
                .as("Spanish is the default")
                .contains("Ninguno");
        assertThat(collector.get("/api/v1/plans/none").status()).isEqualTo(404);
        String past = "{\"name\":\"x\",\"dates\":[\"2020-01-01\"],\"hours\":[{\"start\":\"01:00\",\"end\":\"02:00\"}],"
                + "\"commands\":[{\"type\":\"READ_STATUS\"}],\"meters\":[\"a\"]}";
        assertThat(collector.post("/api/v1/plans", past).body().path("code").asString())
                .isEqualTo("PLAN_OVER");
    }
}
