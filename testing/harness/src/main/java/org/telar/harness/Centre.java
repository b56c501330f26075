package org.telar.harness;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.CollectorClient.Answer;

/** The collector as its users see it: registry, orders, runs, status. Answers survive a restart of the collector. */
public final class Centre {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CollectorClient client;

    public Centre(CollectorClient client) {
        this.client = client;
    }

    /** State of one N2PLoad run: outcome by meter once it has been judged. */
    public record Run(String state, Map<String, String> outcomes) {
        public boolean judged() {
            return state.equals("JUDGED");
        }

        public boolean over() {
            return judged() || state.equals("FAILED") || state.equals("EXPIRED");
        }

        public long count(String outcome) {
            return outcomes.values().stream().filter(outcome::equals).count();
        }
    }

    /** State of one order. */
    public record Order(String state, String ko, String detail) {
        public boolean finished() {
            return switch (state) {
                case "EXE", "WARN", "FAIL", "REJECTED", "CANCELLED", "EXPIRED" -> true;
                default -> false;
            };
        }
    }

    public void registerGateway(String gateway) throws HarnessException, IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("id", gateway).put("name", "Demo");
        CollectorClient.require("the gateway " + gateway, client.postJson("/api/v1/gateways", body, Map.of()));
    }

    public JsonNode importMeters(String csv) throws HarnessException, IOException, InterruptedException {
        return CollectorClient.require(
                "the import of the meters",
                client.post("/api/v1/meters/import", "text/csv", BodyPublishers.ofString(csv), Map.of()));
    }

    /** Orders a run. @return its id */
    public String startRun(String gateway) throws HarnessException, IOException, InterruptedException {
        Answer answer = client.postJson(
                "/api/v1/gateways/" + gateway + "/n2pload",
                JSON.createObjectNode(),
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        return text(CollectorClient.require("an N2PLoad run", answer), "run", "id");
    }

    /** The run, or empty while the collector does not answer. */
    public Optional<Run> run(String id) throws HarnessException, InterruptedException {
        Optional<JsonNode> body = read("/api/v1/n2pload/runs/" + id);
        return body.map(b -> {
            Map<String, String> outcomes = new LinkedHashMap<>();
            for (JsonNode m : b.path("meters")) {
                outcomes.put(m.path("meter").asText(), m.path("outcome").asText());
            }
            return new Run(b.path("state").asText(), outcomes);
        });
    }

    /** Orders an on-demand read of a meter's registers. @return the order's id */
    public String order(String meter) throws HarnessException, IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode()
                .put("meter", meter)
                .put("type", "READ_REGISTERS")
                .put("source", "METER");
        Answer answer = client.postJson(
                "/api/v1/orders",
                body,
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        return text(CollectorClient.require("an order to meter " + meter, answer), "order", "id");
    }

    public Optional<Order> orderState(String id) throws HarnessException, InterruptedException {
        return read("/api/v1/orders/" + id)
                .map(b -> new Order(
                        b.path("state").asText(),
                        b.path("ko").asText(""),
                        b.path("detail").asText("")));
    }

    /** The status page as JSON, or empty while the collector does not answer. */
    public Optional<JsonNode> status() throws HarnessException, InterruptedException {
        return read("/api/v1/status");
    }

    private Optional<JsonNode> read(String path) throws HarnessException, InterruptedException {
        try {
            return Optional.of(CollectorClient.require(path, client.get(path)));
        } catch (IOException away) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode body, String... names) throws HarnessException {
        for (String name : names) {
            if (body.path(name).isTextual()) {
                return body.path(name).asText();
            }
        }
        throw new HarnessException(HarnessException.UNEXPECTED, "The collector's answer has no id: " + body);
    }
}
