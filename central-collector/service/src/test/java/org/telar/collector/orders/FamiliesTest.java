package org.telar.collector.orders;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.api.model.Ko;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.RunningCollector.Answer;
import org.telar.collector.testing.ScriptedGateway;
import org.telar.contract.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The five message families between centre and concentrator (R88-R92), each from the request to its end. */
class FamiliesTest {
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static ScriptedGateway gateway(String id, Optional<Ko> ko) throws Exception {
        return new ScriptedGateway(new FakeEdge(collector, id), collector.clock(), o -> ko);
    }

    private static Answer order(String body, String key) throws Exception {
        return collector.post("/api/v1/orders", "application/json", body, Map.of("Idempotency-Key", key));
    }

    private static String placed(String meter, Order.Type type, String more) throws Exception {
        Answer answer = order(
                "{\"meter\":\"" + meter + "\",\"type\":\"" + type + "\"" + more + "}",
                java.util.UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer.body().path("id").asString();
    }

    private static void ends(String order, String state) {
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(collector
                        .get("/api/v1/orders/" + order)
                        .body()
                        .path("state")
                        .asString())
                .isEqualTo(state));
    }

    @Test
    @DisplayName("F1: a bound meter is commissioned by its concentrator's word, and then taken for orders (R88, R93)")
    void provisioning() throws Exception {
        collector.fleet("gw-fa1");
        collector.post("/api/v1/meters/import", "text/csv", "meter,gateway,state\nfa1,gw-fa1,BOUND\n", Map.of());
        try (ScriptedGateway gateway = gateway("gw-fa1", Optional.empty())) {
            assertThat(order("{\"meter\":\"fa1\",\"type\":\"READ_REGISTERS\"}", "fa1-early")
                            .body()
                            .path("code")
                            .asString())
                    .isEqualTo("NOT_COMMISSIONED");
            ends(placed("fa1", Order.Type.COMMISSION, ""), "EXE");
            assertThat(collector.get("/api/v1/meters/fa1").body().path("state").asString())
                    .isEqualTo("COMMISSIONED");
            ends(placed("fa1", Order.Type.READ_REGISTERS, ""), "EXE");
            assertThat(gateway.executed().stream().map(Order::type))
                    .containsExactly(Order.Type.COMMISSION, Order.Type.READ_REGISTERS);
        }
    }

    @ParameterizedTest
    @DisplayName(
            "F2, F3, F4: every class of object, status words and the clock, by an order with type, number and meter (R89, R90, R91, R93)")
    @EnumSource(
            value = Order.Type.class,
            names = {
                "READ_REGISTERS",
                "READ_PROFILE",
                "READ_CLOSINGS",
                "READ_BILLING",
                "READ_INSTANT",
                "READ_EVENTS",
                "READ_STATUS",
                "CHECK_CLOCK",
                "SET_CLOCK"
            })
    void extraction(Order.Type type) throws Exception {
        collector.fleet("gw-fa2", "fa2");
        boolean ranged = List.of(Order.Type.READ_PROFILE, Order.Type.READ_CLOSINGS, Order.Type.READ_BILLING)
                .contains(type);
        String range = ranged ? ",\"from\":\"2026-06-01T04:00:00Z\",\"to\":\"2026-06-02T04:00:00Z\"" : "";
        try (ScriptedGateway gateway = gateway("gw-fa2", Optional.empty())) {
            String id = placed("fa2", type, range + ",\"source\":\"" + (ranged ? "CONCENTRATOR" : "METER") + "\"");
            ends(id, "EXE");
            Order down = gateway.executed().get(0);
            assertThat(down.type()).isEqualTo(type);
            assertThat(down.id()).isEqualTo(id);
            assertThat(down.meter().orElseThrow().number()).isEqualTo("fa2");
            assertThat(down.range().isPresent()).isEqualTo(ranged);
            assertThat(down.source()).isEqualTo(ranged ? Order.Source.CONCENTRATOR : Order.Source.METER);
        }
    }

    @Test
    @DisplayName(
            "F5: an activity of the concentrator on demand and by its agenda; its configuration goes down versioned (R92, R93)")
    void activities() throws Exception {
        collector.fleet("gw-fa5");
        FakeEdge edge = new FakeEdge(collector, "gw-fa5");
        try (ScriptedGateway gateway = new ScriptedGateway(edge, collector.clock(), o -> Optional.empty())) {
            Answer started = collector.post("/api/v1/gateways/gw-fa5/activities/STATUS_POLL", "");
            assertThat(started.status()).as(started.toString()).isEqualTo(202);
            ends(started.body().path("order").asString(), "EXE");
            Order down = gateway.executed().get(0);
            assertThat(down.type()).isEqualTo(Order.Type.RUN_ACTIVITY);
            assertThat(down.parameters()).containsEntry("activity", "STATUS_POLL");
            assertThat(collector
                            .post("/api/v1/gateways/gw-fa5/activities/DANCE", "")
                            .body()
                            .path("code")
                            .asString())
                    .isEqualTo("UNKNOWN_ACTIVITY");
            Answer config = collector.send(collector
                    .request("/api/v1/gateways/gw-fa5/config")
                    .header("Content-Type", "application/json")
                    .PUT(HttpRequest.BodyPublishers.ofString("{\"retention.days\":\"90\"}")));
            assertThat(config.body().path("version").asInt()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(10)).until(() -> edge.configs().size() == 1);
            assertThat(edge.configs().get(0).values()).containsEntry("retention.days", "90");
        }
    }

    @ParameterizedTest
    @DisplayName("each way an order may end has its own code and one event, as grave as the table says (R33, R34, R51)")
    @CsvSource({
        ", EXE, INFO",
        "METER_SILENT, FAIL, WARNING",
        "METER_UNREACHABLE, FAIL, WARNING",
        "CONCENTRATOR_FAULT, FAIL, CRITICAL",
        "AUTH_FAILED, FAIL, CRITICAL"
    })
    void outcomes(Ko ko, String state, String severity) throws Exception {
        collector.fleet("gw-fa6", "fa6");
        try (ScriptedGateway gateway = gateway("gw-fa6", Optional.ofNullable(ko))) {
            String id = placed("fa6", Order.Type.READ_REGISTERS, "");
            ends(id, state);
            List<Map<String, Object>> events = collector
                    .jdbc()
                    .queryForList(
                            "SELECT code, severity, detail->>'ko' AS ko FROM event WHERE detail->>'order' = ?", id);
            assertThat(events).hasSize(1);
            assertThat(events.get(0)).containsEntry("code", "ORDER_" + state).containsEntry("severity", severity);
            assertThat(events.get(0).get("ko")).isEqualTo(ko == null ? "" : ko.name());
        }
    }

    @Test
    @DisplayName(
            "a second request for the same thing joins the open order, another range or source does not; the same key is told the same (D22, G19)")
    void attached() throws Exception {
        collector.fleet("gw-fa7", "fa7");
        String body = "{\"meter\":\"fa7\",\"type\":\"READ_REGISTERS\"}";
        String first = order(body, "fa7-a").body().path("id").asString();
        Answer second = order(body, "fa7-b");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body().path("id").asString()).isEqualTo(first);
        assertThat(order(body, "fa7-b").body().path("id").asString()).isEqualTo(first);
        String other = order(body.replace("}", ",\"source\":\"CONCENTRATOR\"}"), "fa7-c")
                .body()
                .path("id")
                .asString();
        assertThat(other).isNotEqualTo(first);
        collector.delete("/api/v1/orders/" + first);
        assertThat(order(body, "fa7-d").body().path("id").asString()).isNotEqualTo(first);
    }

    @Test
    @DisplayName("a cancelled order is told to the concentrator that has it, and it is over at once (D13, R29)")
    void cancelGoesDown() throws Exception {
        collector.fleet("gw-fa8", "fa8");
        try (ScriptedGateway gateway =
                new ScriptedGateway(new FakeEdge(collector, "gw-fa8"), collector.clock(), o -> null)) {
            String id = placed("fa8", Order.Type.READ_REGISTERS, "");
            ends(id, "RUNNING");
            collector.delete("/api/v1/orders/" + id);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.cancelled().equals(List.of(id)));
            ends(id, "CANCELLED");
        }
    }

    @Test
    @DisplayName("accessibility of meter and concentrator with its history (R47)")
    void reachability() throws Exception {
        collector.fleet("gw-fa9", "fa9");
        int id = (int) collector.number("SELECT meter_id FROM meter WHERE meter_no = 'fa9'");
        for (String state : List.of("REACHED", "UNREACHED", "UNREACHED", "REACHED")) {
            collector
                    .jdbc()
                    .update(
                            "INSERT INTO meter_contact (meter_id, state, last_contact) VALUES (?, ?, ?) ON CONFLICT (meter_id)"
                                    + " DO UPDATE SET state = EXCLUDED.state",
                            id,
                            state,
                            java.sql.Timestamp.from(Instant.now()));
        }
        assertThat(collector.get("/api/v1/meters/fa9/reachability").body())
                .map(c -> c.path("state").asString())
                .containsExactly("REACHED", "UNREACHED", "REACHED");
        collector.jdbc().update("UPDATE gateway SET online = true WHERE gateway_id = 'gw-fa9'");
        assertThat(collector.get("/api/v1/gateways/gw-fa9/reachability").body())
                .map(c -> c.path("state").asString())
                .containsExactly("REACHED");
    }
}
