package org.telar.collector.gatewaylink;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;
import org.telar.contract.Contract;
import org.telar.contract.Event;
import org.telar.contract.Status;
import org.telar.contract.Topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From the wire to rows and back to the acknowledgement, on a real broker and database. */
class UploadTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static final Instant READ = FIRST.plusSeconds(90_000);
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static Batch.Entry day(long sequence, String meter, int day) {
        return Polls.entry(
                sequence, Polls.poll(meter, "", READ, Polls.block(FIRST.plusSeconds(86_400L * day), 96, i -> i)));
    }

    private static void awaitAcknowledged(FakeEdge edge, long epoch, long sequence) {
        await().atMost(Duration.ofSeconds(15)).until(() -> edge.acknowledged(epoch) >= sequence);
    }

    @Test
    @DisplayName(
            "a batch is rows, pending CIM work and an acknowledgement with the collector's time (R04, D2, R11 of reliability)")
    void uploads() throws Exception {
        collector.fleet("gw-up1", "up1");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up1")) {
            edge.readings(1, day(1, "up1", 0));
            awaitAcknowledged(edge, 1, 1);

            assertThat(collector.number("SELECT count(*) FROM pending_work WHERE gateway = 'gw-up1'"))
                    .isEqualTo(1);
            assertThat(edge.acks().get(0).collectorTime())
                    .isBetween(
                            collector.clock().instant().minusSeconds(30),
                            collector.clock().instant().plusSeconds(1));
        }
    }

    @Test
    @DisplayName("batches out of order: holes are told as ranges, and closed when they are filled (R04, fault 31)")
    void holes() throws Exception {
        collector.fleet("gw-up2", "up2");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up2")) {
            edge.readings(7, day(3, "up2", 2), day(4, "up2", 3));
            await().atMost(Duration.ofSeconds(15)).until(() -> edge.acks().stream()
                    .anyMatch(a -> !a.committed().beyond().isEmpty()));
            assertThat(edge.acks().get(0).committed().highWater()).isZero();
            assertThat(edge.acks().get(0).committed().beyond().get(0).first()).isEqualTo(3);
            assertThat(edge.acks().get(0).committed().beyond().get(0).last()).isEqualTo(4);

            edge.readings(7, day(1, "up2", 0), day(2, "up2", 1));
            awaitAcknowledged(edge, 7, 4);
        }
    }

    @Test
    @DisplayName(
            "poison of every kind is quarantined with its reason and counted, and the flow goes on (R13, S17, fault 32)")
    void poison() throws Exception {
        collector.fleet("gw-up3", "up3");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up3")) {
            byte[] noise = new byte[500];
            new Random(3).nextBytes(noise);
            Batch foreign = new Batch("gw-other", 1, OutboxKind.READINGS, List.of(day(1, "up3", 0)));
            Batch wrongKind = new Batch("gw-up3", 1, OutboxKind.EVENT, List.of(day(1, "up3", 0)));
            edge.publish(Topics.up("gw-up3", OutboxKind.READINGS), noise);
            edge.publish(Topics.up("gw-up3", OutboxKind.READINGS), new byte[0]);
            edge.publish(Topics.up("gw-up3", OutboxKind.READINGS), Contract.encode(foreign));
            edge.publish(Topics.up("gw-up3", OutboxKind.READINGS), Contract.encode(wrongKind));
            edge.publish(Topics.up("gw-up3", "gossip"), "hello\u0000".getBytes(StandardCharsets.UTF_8));
            edge.publish(Topics.up("gw-up3", "readings/more"), noise);
            edge.publish(Topics.up("gw-up3", "status"), noise);
            edge.readings(1, day(1, "up3", 0));
            awaitAcknowledged(edge, 1, 1);

            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            collector.number("SELECT count(*) FROM quarantine WHERE topic LIKE 'telar/v1/gw-up3/%'")
                                    == 7);
            List<String> reasons = collector
                    .jdbc()
                    .queryForList(
                            "SELECT reason FROM quarantine WHERE topic LIKE 'telar/v1/gw-up3/%' ORDER BY id",
                            String.class);
            assertThat(reasons).anyMatch(r -> r.contains("topic of gw-up3, payload of gw-other"));
            assertThat(reasons).anyMatch(r -> r.contains("topic of READINGS, payload of EVENT"));
            assertThat(reasons).anyMatch(r -> r.contains("no such topic"));
            assertThat(reasons).allMatch(r -> !r.isBlank());
            long noiseId = collector.number(
                    "SELECT min(id) FROM quarantine WHERE topic = 'telar/v1/gw-up3/up/readings' AND size = 500");
            var still = collector.post("/api/v1/quarantine/" + noiseId + "/replay", "");
            assertThat(still.status()).isEqualTo(422);
            assertThat(still.body().path("code").asString()).isEqualTo("QUARANTINE_STILL");
        }
    }

    @Test
    @DisplayName(
            "messages that the database could not take leave no holes in the window: they come again and the flow goes on (R13, fault 32)")
    void leftWithTheBroker() throws Exception {
        collector.fleet("gw-up6", "up6");
        collector
                .jdbc()
                .execute("CREATE SEQUENCE refusals; CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN"
                        + " PERFORM nextval('refusals'); RAISE EXCEPTION 'not now'; END $$ LANGUAGE plpgsql;"
                        + " CREATE TRIGGER refuse BEFORE INSERT ON quarantine FOR EACH ROW"
                        + " WHEN (NEW.topic LIKE '%gw-up6%') EXECUTE FUNCTION refuse()");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up6")) {
            int window = 32;
            for (int i = 0; i < window; i++) {
                edge.publish(Topics.up("gw-up6", "gossip"), new byte[] {(byte) i});
            }
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> collector.number("SELECT last_value FROM refusals") >= window);
            collector.jdbc().execute("DROP TRIGGER refuse ON quarantine");

            edge.readings(1, day(1, "up6", 0));
            awaitAcknowledged(edge, 1, 1);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> collector.number(
                                    "SELECT count(DISTINCT payload) FROM quarantine WHERE topic LIKE 'telar/v1/gw-up6/%'")
                            == window);
        } finally {
            collector
                    .jdbc()
                    .execute(
                            "DROP TRIGGER IF EXISTS refuse ON quarantine; DROP FUNCTION refuse; DROP SEQUENCE refusals");
        }
    }

    @Test
    @DisplayName("an event is stored once however often it comes (R35, fault 31)")
    void events() throws Exception {
        collector.fleet("gw-up4", "up4");
        Event event = new Event(
                "e-1",
                READ,
                "METER_REPLACED",
                Severity.WARNING,
                "up4",
                "Another meter answered.",
                Map.of("was", "A", "is", "B"));
        try (FakeEdge edge = new FakeEdge(collector, "gw-up4")) {
            edge.send(OutboxKind.EVENT, 1, new Batch.Entry(1, Contract.encode(event)));
            edge.send(OutboxKind.EVENT, 1, new Batch.Entry(2, Contract.encode(event)));
            awaitAcknowledged(edge, 1, 2);

            assertThat(collector.number(
                            "SELECT count(*) FROM event WHERE gateway = 'gw-up4' AND code = 'METER_REPLACED'"))
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("a gateway that comes back is told at once what is committed; its state is known (R47, D15)")
    void comesBack() throws Exception {
        collector.fleet("gw-up5", "up5");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up5")) {
            edge.readings(3, day(1, "up5", 0));
            awaitAcknowledged(edge, 3, 1);
        }
        try (FakeEdge edge = new FakeEdge(collector, "gw-up5")) {
            edge.publish(
                    Topics.up("gw-up5", "status"),
                    Contract.encode(new Status(true, 3, READ, "0.1.0", 17, Map.of())),
                    true);
            awaitAcknowledged(edge, 3, 1);
            var gateway = collector.get("/api/v1/gateways/gw-up5").body();
            assertThat(gateway.path("online").asBoolean()).isTrue();
            assertThat(gateway.path("backlog").asLong()).isEqualTo(17);
        }
    }
}
