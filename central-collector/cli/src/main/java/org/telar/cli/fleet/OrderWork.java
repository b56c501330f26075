package org.telar.cli.fleet;

import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import org.telar.cli.Api;
import org.telar.cli.ApiCommand;
import org.telar.cli.Exit;
import org.telar.cli.Output;
import picocli.CommandLine.Option;

/** A command that makes an order and may wait for its answer. */
abstract class OrderWork extends ApiCommand {
    static final List<String> FIELDS = List.of(
            "id",
            "type",
            "meter",
            "gateway",
            "source",
            "state",
            "ko",
            "who",
            "detail",
            "attempts",
            "createdAt",
            "deadline",
            "finishedAt",
            "answerMillis",
            "answer.readAt",
            "answer.clockOffsetMillis");
    private static final List<String> REGISTERS = List.of("kind", "register", "stamp", "value", "occurredAt", "status");
    private static final List<String> SAMPLES = List.of("channel", "intervalEnd", "value", "status");
    private static final List<String> WORDS = List.of("object", "bits");
    private static final Set<String> OVER = Set.of("EXE", "WARN", "FAIL", "CANCELLED", "EXPIRED", "REJECTED");

    @Option(names = "--wait", descriptionKey = "option.wait-order")
    boolean wait;

    final int follow(Api api, Output out, JsonNode order) throws InterruptedException {
        String id = order.path("id").asText();
        if (!wait) {
            out.item("order", order, FIELDS);
            tell("order.ask", id);
            return Exit.OK;
        }
        tell("order.sent", id);
        JsonNode[] last = {order};
        String[] told = {""};
        await(id, () -> {
            last[0] = api.get("orders/" + Api.segment(id));
            String state = last[0].path("state").asText();
            if (!state.equals(told[0])) {
                told[0] = state;
                tell("order.state", id, state);
            }
            return OVER.contains(state);
        });
        return show(out, last[0]);
    }

    /** The order and what it brought; the exit code says how it ended. */
    static int show(Output out, JsonNode order) {
        JsonNode answer = order.path("answer");
        if (out.json()) {
            out.item("order", order, FIELDS);
        } else if (out.csv()) {
            if (!answer.path("samples").isEmpty()) {
                out.list("order.samples", answer.path("samples"), SAMPLES);
            } else if (!answer.path("statusWords").isEmpty()) {
                out.list("order.words", answer.path("statusWords"), WORDS);
            } else {
                out.list("order.registers", answer.path("registers"), REGISTERS);
            }
        } else {
            out.item("order", order, FIELDS);
            table(out, "order.registers", answer.path("registers"), REGISTERS);
            table(out, "order.samples", answer.path("samples"), SAMPLES);
            table(out, "order.words", answer.path("statusWords"), WORDS);
        }
        return switch (order.path("state").asText()) {
            case "WARN" -> Exit.PARTIAL;
            case "FAIL", "EXPIRED" -> Exit.UNREACHABLE;
            case "CANCELLED", "REJECTED" -> Exit.CONFLICT;
            default -> Exit.OK;
        };
    }

    private static void table(Output out, String kind, JsonNode rows, List<String> columns) {
        if (!rows.isEmpty()) {
            out.stream().println();
            out.list(kind, rows, columns);
        }
    }
}
