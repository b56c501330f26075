package org.telar.collector.orders;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.model.Ko;
import org.telar.api.model.Obis;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.Unit;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.RunningCollector.Answer;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Actividades Online: checked, sent, judged; over the API, the broker and the database. */
class OrdersTest {
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static Answer order(String meter, String more, String key) throws Exception {
        String body = "{\"meter\":\"" + meter + "\",\"type\":\"READ_REGISTERS\"" + more + "}";
        return collector.post("/api/v1/orders", "application/json", body, Map.of("Idempotency-Key", key));
    }

    private static String placed(String meter) throws Exception {
        Answer answer = order(meter, "", UUID.randomUUID().toString());
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer.body().path("id").asString();
    }

    private static String state(String id) throws Exception {
        return collector.get("/api/v1/orders/" + id).body().path("state").asString();
    }

    private static void awaitState(String id, String state) {
        await().atMost(Duration.ofSeconds(15)).until(() -> state(id).equals(state));
    }

    private static void result(
            FakeEdge edge, long sequence, String order, String meter, Result.State state, Ko ko, long reading)
            throws Exception {
        Result r = new Result.OrderResult(
                order,
                meter,
                state,
                Optional.ofNullable(ko),
                ko == null ? "" : "meter",
                "",
                reading,
                collector.clock().instant());
        edge.send(OutboxKind.RESULT, 1, new Batch.Entry(sequence, Contract.encode(r)));
    }

    @ParameterizedTest
    @DisplayName(
            "a refused order says who and why, is recorded with an event, and nothing goes down (R22, R33, R34, D13)")
    @CsvSource({
        "nobody, , UNKNOWN_METER",
        "or1-registered, REGISTERED, NOT_BOUND",
        "or1-bound, BOUND, NOT_COMMISSIONED",
        "or1-suspended, SUSPENDED, SUSPENDED",
        "or1-removed, REMOVED, UNKNOWN_METER"
    })
    void refused(String meter, String meterState, String code) throws Exception {
        collector.fleet("gw-or1");
        if (meterState != null) {
            String gateway = meterState.equals("REGISTERED") || meterState.equals("REMOVED") ? "" : "gw-or1";
            collector.post(
                    "/api/v1/meters/import",
                    "text/csv",
                    "meter,gateway,state\n" + meter + "," + gateway + "," + meterState + "\n",
                    Map.of());
        }
        try (FakeEdge edge = new FakeEdge(collector, "gw-or1")) {
            Answer answer = order(meter, "", UUID.randomUUID().toString());

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.body().path("code").asString()).isEqualTo(code);
            assertThat(answer.body().path("who").asString()).isEqualTo("centre");
            String id = answer.body().path("order").asString();
            assertThat(state(id)).isEqualTo("REJECTED");
            assertThat(collector.number(
                            "SELECT count(*) FROM event WHERE code = 'ORDER_REJECTED' AND detail->>'order' = ?", id))
                    .isEqualTo(1);
            assertThat(collector.number("SELECT attempts FROM orders WHERE order_id = ?", id))
                    .isZero();
            assertThat(edge.orders()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "type, number and meter go down with the rest of the deadline as expiry, never retained; the value comes up (R20-R27, D15)")
    void answered() throws Exception {
        collector.fleet("gw-or2", "or2");
        try (FakeEdge edge = new FakeEdge(collector, "gw-or2")) {
            String id = placed("or2");
            await().atMost(Duration.ofSeconds(10)).until(() -> edge.orders().size() == 1);
            Order down = edge.orders().get(0);
            assertThat(down.id()).isEqualTo(id);
            assertThat(down.type()).isEqualTo(Order.Type.READ_REGISTERS);
            assertThat(down.meter().orElseThrow().number()).isEqualTo("or2");
            MqttMessage raw = edge.raw().stream()
                    .filter(m -> m.getProperties().getMessageExpiryInterval() != null)
                    .findFirst()
                    .orElseThrow();
            assertThat(raw.getProperties().getMessageExpiryInterval()).isBetween(200L, 300L);
            assertThat(raw.isRetained()).isFalse();

            edge.receipt(id);
            awaitState(id, "RUNNING");

            // The result overtakes its reading: it is judged when the reading is in.
            result(edge, 2, id, "or2", Result.State.EXE, null, 1);
            await().atMost(Duration.ofSeconds(10)).until(() -> !edge.acks().isEmpty());
            assertThat(state(id)).isEqualTo("RUNNING");
            Instant now = Instant.ofEpochSecond(collector.clock().instant().getEpochSecond());
            RegisterSet registers = new RegisterSet(
                    RegisterKind.ON_DEMAND,
                    Obis.CLOCK,
                    now,
                    0,
                    List.of(new RegisterValue(
                            Obis.parse("1.0.1.8.0.255"), new Unit(-1, Unit.WATT_HOUR), 123_456, Optional.empty())));
            edge.readings(1, Polls.entry(1, Polls.poll("or2", id, now, List.of(), List.of(registers))));

            awaitState(id, "EXE");
            var answer = collector.get("/api/v1/orders/" + id).body();
            assertThat(answer.path("answer")
                            .path("registers")
                            .path(0)
                            .path("value")
                            .decimalValue())
                    .isEqualByComparingTo("12345.6");
            assertThat(answer.path("answerMillis").asLong()).isPositive();
            assertThat(collector.number("SELECT count(*) FROM ended_group WHERE work_group = ?", id))
                    .isEqualTo(1);
            assertThat(collector.number(
                            "SELECT count(*) FROM event WHERE code = 'ORDER_EXE' AND detail->>'order' = ?", id))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "a failure of the meter is FAIL with its code and who refused; a repeated result changes nothing (R26, R33, D13)")
    void failed() throws Exception {
        collector.fleet("gw-or3", "or3");
        try (FakeEdge edge = new FakeEdge(collector, "gw-or3")) {
            String id = placed("or3");
            result(edge, 1, id, "or3", Result.State.FAIL, Ko.METER_SILENT, 0);
            awaitState(id, "FAIL");
            result(edge, 2, id, "or3", Result.State.EXE, null, 0);
            await().atMost(Duration.ofSeconds(10)).until(() -> edge.acknowledged(1) == 2);

            var order = collector.get("/api/v1/orders/" + id).body();
            assertThat(order.path("state").asString()).isEqualTo("FAIL");
            assertThat(order.path("ko").asString()).isEqualTo("METER_SILENT");
            assertThat(order.path("who").asString()).isEqualTo("meter");
        }
    }

    @Test
    @DisplayName("another gateway's result judges nothing (S17)")
    void foreignResult() throws Exception {
        collector.fleet("gw-or4", "or4");
        collector.fleet("gw-or4x");
        try (FakeEdge thief = new FakeEdge(collector, "gw-or4x")) {
            String id = placed("or4");
            thief.receipt(id);
            result(thief, 1, id, "or4", Result.State.EXE, null, 0);
            await().atMost(Duration.ofSeconds(10)).until(() -> thief.acknowledged(1) == 1);

            assertThat(state(id)).isIn("VALIDATED", "SENT");
        }
    }

    @Test
    @DisplayName("one key is one order; the same key for something else is a conflict (G19, R21)")
    void idempotencyKey() throws Exception {
        collector.fleet("gw-or5", "or5");
        Answer first = order("or5", "", "key-or5");
        Answer second = order("or5", "", "key-or5");
        Answer other = order("or5", ",\"source\":\"CONCENTRATOR\"", "key-or5");

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body().path("id")).isEqualTo(first.body().path("id"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body().path("code").asString()).isEqualTo("IDEMPOTENCY_KEY");
    }

    @Test
    @DisplayName(
            "no receipt in 30 s: sent again with an event; no result by the deadline: EXPIRED, once, and told (D15, R28)")
    void deadlines() throws Exception {
        collector.fleet("gw-or6", "or6", "or6b");
        try (FakeEdge edge = new FakeEdge(collector, "gw-or6")) {
            String mute = placed("or6");
            await().atMost(Duration.ofSeconds(10)).until(() -> state(mute).equals("SENT"));
            collector.clock().advance(Duration.ofSeconds(31));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> edge.orders().stream()
                                    .filter(o -> o.id().equals(mute))
                                    .count()
                            == 2);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> collector.number(
                                    "SELECT count(*) FROM event WHERE code = 'RECEIPT_MISSING' AND detail->>'order' = ?",
                                    mute)
                            == 1);
            String slow = placed("or6b");
            edge.receipt(slow);
            awaitState(slow, "RUNNING");

            collector.clock().advance(Duration.ofMinutes(5));

            awaitState(mute, "EXPIRED");
            awaitState(slow, "EXPIRED");
            assertThat(collector.get("/api/v1/orders/" + mute).body().path("ko").asString())
                    .isEqualTo("CONCENTRATOR_DOWN");
            assertThat(collector.get("/api/v1/orders/" + slow).body().path("ko").asString())
                    .isEqualTo("DEADLINE");
            assertThat(collector.number("SELECT count(*) FROM ended_group WHERE work_group = ?", slow))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("a cancelled order is over; cancelling it again is a conflict (D13)")
    void cancelled() throws Exception {
        collector.fleet("gw-or7", "or7");
        String id = placed("or7");

        assertThat(collector.delete("/api/v1/orders/" + id).body().path("state").asString())
                .isEqualTo("CANCELLED");
        assertThat(collector.delete("/api/v1/orders/" + id).status()).isEqualTo(409);
    }

    @Test
    @DisplayName("a result that waits for a lost epoch's readings is judged by what there is, without the value (R07)")
    void lostEpoch() throws Exception {
        collector.fleet("gw-or8", "or8");
        try (FakeEdge edge = new FakeEdge(collector, "gw-or8")) {
            String id = placed("or8");
            result(edge, 9, id, "or8", Result.State.EXE, null, 8);
            await().atMost(Duration.ofSeconds(10)).until(() -> !edge.acks().isEmpty());
            Instant now = Instant.ofEpochSecond(collector.clock().instant().getEpochSecond());
            edge.readings(2, Polls.entry(1, Polls.poll("or8", "", now, Polls.block(now, 1, i -> i))));

            awaitState(id, "WARN");
        }
    }
}
