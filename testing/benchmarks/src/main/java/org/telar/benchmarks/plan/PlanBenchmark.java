package org.telar.benchmarks.plan;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.telar.benchmarks.Benchmark;
import org.telar.benchmarks.Figure;
import org.telar.harness.Await;
import org.telar.harness.ClockControl;
import org.telar.harness.CollectorClient;
import org.telar.harness.CollectorProcess;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.TestPki;

/**
 * A plan of a million meters made and expanded; its progress asked while it runs; orders of people while 5,000 orders
 * with 30 % mute meters are on their way. The collector is a process with its embedded broker and database and durable
 * settings; concentrators answer by a script over MQTT/TLS.
 */
public final class PlanBenchmark implements Benchmark {
    private static final int MILLION = 1_000_000;
    private static final int GATEWAYS = 20;
    private static final int ORDERS = 5_000;
    private static final int QUICK_ORDERS = 1_500;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration ANSWER = Duration.ofMillis(500);
    private static final Duration WAIT = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public String describe() {
        return "a plan of a million meters, its progress, and orders on demand beside 5,000 planned ones";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        Ports ports = Ports.freeBlock();
        try {
            TestPki pki = TestPki.open(context.work().resolve("pki"));
            CollectorProcess.Spec spec = new CollectorProcess.Spec(
                    context.work().resolve("collector"),
                    ports,
                    new ClockControl(context.work().resolve("clock")).file(),
                    pki,
                    pki.server("collector"),
                    context.work().resolve("collector.log"),
                    Map.of());
            try (CollectorProcess collector = new CollectorProcess(context.installation(), spec)) {
                Thread stop = new Thread(collector::close, "stop");
                Runtime.getRuntime().addShutdownHook(stop);
                try {
                    return measure(context, collector, ports, pki);
                } finally {
                    Runtime.getRuntime().removeShutdownHook(stop);
                }
            }
        } catch (GeneralSecurityException | SQLException | MqttException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "The benchmark could not go on: " + e, e);
        }
    }

    private static List<Figure> measure(Context context, CollectorProcess collector, Ports ports, TestPki pki)
            throws HarnessException, IOException, InterruptedException, SQLException, GeneralSecurityException,
                    MqttException {
        CollectorClient api = collector.client();
        context.progress().accept("a registry of " + MILLION + " meters at 2,000 concentrators");
        registry(collector);
        List<Figure> figures = new ArrayList<>();
        figures.addAll(million(context, api));
        figures.addAll(onDemand(context, api, ports, pki));
        return figures;
    }

    /** By SQL: the import is another figure's matter. Numbers are m0000000 on; 500 meters a concentrator. */
    private static void registry(CollectorProcess collector) throws HarnessException, SQLException {
        try (Connection db = collector.database("smmc")) {
            db.setReadOnly(false);
            try (Statement s = db.createStatement()) {
                s.executeUpdate("INSERT INTO gateway (gateway_id, registered, first_seen) SELECT 'g' || i, true, now()"
                        + " FROM generate_series(0, 1999) i ON CONFLICT DO NOTHING");
                s.executeUpdate("INSERT INTO meter (meter_no, state, gateway_id, zone, registered_at, updated_at)"
                        + " SELECT 'm' || lpad(i::text, 7, '0'), 'COMMISSIONED', 'g' || (i / 500), 'America/Santiago',"
                        + " now(), now() FROM generate_series(0, " + (MILLION - 1) + ") i");
                s.execute("ANALYZE meter");
            }
        }
    }

    private static List<Figure> million(Context context, CollectorClient api)
            throws HarnessException, IOException, InterruptedException {
        context.progress().accept("a plan of " + MILLION + " meters");
        StringBuilder csv = new StringBuilder(MILLION * 9);
        for (int i = 0; i < MILLION; i++) {
            csv.append('m').append(String.format("%07d", i)).append('\n');
        }
        long begin = System.nanoTime();
        String id = require(api.postJson("/api/v1/plans", body("million", 8).put("draft", true), Map.of()))
                .path("id")
                .asText();
        require(api.put("/api/v1/plans/" + id + "/meters", "text/csv", BodyPublishers.ofString(csv.toString()), LONG));
        long members = require(api.post("/api/v1/plans/" + id + "/start", LONG))
                .path("members")
                .asLong();
        double created = (System.nanoTime() - begin) / 1e9;
        if (members != MILLION) {
            throw new HarnessException(HarnessException.UNEXPECTED, "the plan took " + members + " meters");
        }
        Await.untilTrue("the million's items", LONG, () -> run(api, id)
                .map(r -> r.path("counts").path("total").asLong() == MILLION));
        double expanded = (System.nanoTime() - begin) / 1e9;
        double progress = percentile(progress(api, id, 30), 0.95);
        require(api.post("/api/v1/plans/" + id + "/cancel", LONG));
        Await.untilTrue("the end of the million", LONG, () -> run(api, id)
                .map(r -> r.path("state").asText().equals("CANCELLED")));
        return List.of(
                Figure.atMost(
                        "create_million_s", expanded, "s", 60, "list sent, checked, all items made, orders begun"),
                Figure.reported("accept_million_s", created, "s", "of these, until the plan is accepted"),
                Figure.atMost("progress_query_ms", progress, "ms", 1000, "p95 over HTTPS while its orders are sent"));
    }

    private static List<Double> progress(CollectorClient api, String id, int times)
            throws HarnessException, IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            require(api.get("/api/v1/plans/" + id));
            millis.add((System.nanoTime() - begin) / 1e6);
            Thread.sleep(100);
        }
        return millis;
    }

    private static List<Figure> onDemand(Context context, CollectorClient api, Ports ports, TestPki pki)
            throws HarnessException, IOException, InterruptedException, GeneralSecurityException, MqttException {
        int planned = context.quick() ? QUICK_ORDERS : ORDERS;
        int each = planned / GATEWAYS;
        List<ScriptedIsland> islands = new ArrayList<>();
        try {
            for (int g = 0; g < GATEWAYS; g++) {
                islands.add(new ScriptedIsland("ssl://localhost:" + ports.mqtt(), "g" + g, pki, 4, ANSWER, WAIT));
            }
            context.progress().accept("a plan of " + planned + " orders, 30 % mute, one try; orders beside it");
            List<String> meters = new ArrayList<>();
            for (int g = 0; g < GATEWAYS; g++) {
                for (int m = 0; m < each; m++) {
                    meters.add(String.format("m%07d", g * 500 + m));
                }
            }
            ObjectNode body = body("beside", 8).put("tries", 1);
            meters.forEach(body.putArray("meters")::add);
            long begin = System.nanoTime();
            String id = require(api.postJson("/api/v1/plans", body, Map.of()))
                    .path("id")
                    .asText();
            List<Double> answers = beside(api, id, planned, new Random(context.seed()), each);
            double seconds = (System.nanoTime() - begin) / 1e9;
            JsonNode counts = api.get("/api/v1/plans/" + id).body().path("run").path("counts");
            context.progress().accept("plan over after " + Math.round(seconds) + " s: " + counts);
            double done = counts.path("exe").asDouble() + counts.path("fail").asDouble();
            return List.of(
                    Figure.atMost("on_demand_p95_s", percentile(answers, 0.95), "s", 60, answers.size() + " orders"),
                    Figure.reported("on_demand_p50_s", percentile(answers, 0.5), "s", ""),
                    Figure.atLeast("planned_answered", done, "orders", planned, "all of them, mute ones as FAIL"),
                    Figure.reported(
                            "planned_per_second",
                            done / seconds,
                            "1/s",
                            "the islands bear " + Math.round(GATEWAYS * 4 / 1.25) + " at most"));
        } finally {
            islands.forEach(ScriptedIsland::close);
        }
    }

    /** Places an order a second until the plan is over; returns how long each took, the mute ones' KO included. */
    private static List<Double> beside(CollectorClient api, String plan, int planned, Random random, int each)
            throws HarnessException, IOException, InterruptedException {
        List<String> open = new ArrayList<>();
        List<Double> answers = new ArrayList<>();
        long limit = System.nanoTime() + LONG.toNanos();
        boolean running = true;
        while (running || !open.isEmpty()) {
            if (System.nanoTime() > limit) {
                throw new HarnessException(HarnessException.TIMEOUT, open.size() + " orders had no answer in time");
            }
            JsonNode counts =
                    require(api.get("/api/v1/plans/" + plan)).path("run").path("counts");
            running = counts.path("exe").asInt() + counts.path("fail").asInt() < planned;
            if (running) {
                String meter = String.format("m%07d", random.nextInt(GATEWAYS) * 500 + random.nextInt(each));
                ObjectNode order = new ObjectMapper().createObjectNode();
                order.put("meter", meter).put("type", "READ_INSTANT").put("deadline", "PT5M");
                open.add(require(api.postJson("/api/v1/orders", order, Map.of()))
                        .path("id")
                        .asText());
            }
            Thread.sleep(1_000);
            for (String id : List.copyOf(open)) {
                JsonNode view = api.get("/api/v1/orders/" + id).body();
                if (view.path("answerMillis").isNumber()) {
                    answers.add(view.path("answerMillis").asDouble() / 1000);
                    open.remove(id);
                }
            }
        }
        return answers;
    }

    private static Optional<JsonNode> run(CollectorClient api, String plan) throws InterruptedException {
        try {
            return Optional.of(api.get("/api/v1/plans/" + plan).body().path("run"));
        } catch (IOException busy) {
            return Optional.empty();
        }
    }

    private static ObjectNode body(String name, int perGateway) {
        ObjectNode body = new ObjectMapper().createObjectNode();
        body.put("name", name).put("perGateway", perGateway).put("concurrency", 1_000);
        body.putArray("commands").addObject().put("type", "READ_REGISTERS");
        return body;
    }

    private static JsonNode require(CollectorClient.Answer answer) throws HarnessException {
        return CollectorClient.require("a request of the benchmark", answer);
    }

    private static double percentile(List<Double> values, double p) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(p * sorted.length) - 1)];
    }
}
