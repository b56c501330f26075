package org.telar.collector.plans;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.CollectorApplication;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.ScriptedGateway;
import org.telar.collector.testing.SharedServices;
import org.telar.contract.Order;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two instances on one database and one broker; one of them is killed at work. */
class TwoInstancesTest {
    private static final int METERS = 240;

    @Test
    @DisplayName(
            "two instances do nothing twice; when one is killed at work the other takes over what it held, the daily plan included (R12, R30, R40, R62, fault 4)")
    void oneKilled() throws Exception {
        Path folder = RunningCollector.folder("two");
        String[] settings = {
            "--telar.orders.receipt=4s",
            "--telar.plans.daily=true",
            "--telar.plans.daily-from=00:00",
            "--telar.plans.daily-until=23:59"
        };
        try (SharedServices services = new SharedServices(folder);
                RunningCollector first = RunningCollector.start(
                        folder.resolve("a"), services.pki(), services.arguments("a", settings))) {
            String[] meters =
                    IntStream.range(0, METERS).mapToObj(i -> "two-" + i).toArray(String[]::new);
            first.fleet("gw-two", meters);
            // The daily plan has met an empty registry today: let its window come again.
            first.jdbc().update("DELETE FROM plan_run WHERE plan_id = 'daily'");
            Process second = second(folder, services, settings);
            FakeEdge edge = new FakeEdge(services.mqttUrl(), services.pki(), "gw-two", "gw-two");
            edge.subscribe("telar/v1/gw-two/down/#");
            try (ScriptedGateway gateway = new ScriptedGateway(edge, first.clock(), o -> Optional.empty())) {
                first.jdbc().update("UPDATE plan SET next_at = now() WHERE plan_id = 'daily'");
                String id = create(first, meters);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> reads(gateway).size() > METERS / 4);
                second.destroyForcibly().waitFor();

                await().atMost(Duration.ofSeconds(60))
                        .until(() -> plan(first, id).path("counts").path("exe").asInt() == METERS);
                assertThat(reads(gateway).stream()
                                .map(o -> o.meter().orElseThrow().number()))
                        .as("each meter once")
                        .doesNotHaveDuplicates()
                        .hasSize(METERS);
                assertThat(first.number("SELECT count(*) FROM orders WHERE bulk"))
                        .as("orders placed")
                        .isEqualTo(METERS);
                assertThat(first.number(
                                "SELECT count(*) FROM event WHERE code = 'ORDER_EXE' AND meter_no LIKE 'two-%'"))
                        .as("one event an outcome (R34)")
                        .isEqualTo(METERS);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> plan(first, id).path("state").asString().equals("DONE"));
                assertThat(gateway.executed().stream().filter(o -> o.type() == Order.Type.RUN_N2PLOAD))
                        .as("the daily plan's load, once")
                        .hasSize(1);
            } finally {
                second.destroyForcibly();
            }
        }
    }

    private static List<Order> reads(ScriptedGateway gateway) {
        return gateway.executed().stream().filter(o -> o.meter().isPresent()).toList();
    }

    private static JsonNode plan(RunningCollector collector, String id) throws Exception {
        return collector.get("/api/v1/plans/" + id).body().path("run");
    }

    private static String create(RunningCollector collector, String... meters) throws Exception {
        String list = java.util.Arrays.stream(meters).map(m -> "\"" + m + "\"").collect(Collectors.joining(","));
        var answer = collector.post(
                "/api/v1/plans",
                "{\"name\":\"two\",\"commands\":[{\"type\":\"READ_REGISTERS\"}],\"perGateway\":20,\"meters\":[" + list
                        + "]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return answer.body().path("id").asString();
    }

    private static Process second(Path folder, SharedServices services, String... settings) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CollectorApplication.class.getName()));
        command.addAll(
                RunningCollector.arguments(folder.resolve("b"), services.pki(), services.arguments("b", settings)));
        Path out = folder.resolve("b.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            String text = Files.readString(out);
            assertThat(process.isAlive()).as(text).isTrue();
            return text.lines().anyMatch(l -> l.startsWith("READY"));
        });
        return process;
    }
}
