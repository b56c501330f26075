package org.telar.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The runner's contract with scripts: one JSON object on stdout, exit codes, and figures that can fail. */
class BenchTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int bench(String... args) {
        return new Bench(print(out), print(err)).run(args);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("the list names every benchmark; what is unknown is a sentence and exit code 2")
    void listAndUsage() {
        assertThat(bench("--list")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("wire", "footprint", "island");
        assertThat(bench("speed")).isEqualTo(2);
        assertThat(bench("wire", "--seed", "x")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("no benchmark 'speed'")
                .contains("--seed expects");
    }

    @Test
    @DisplayName("R04: a reading of simulated load costs at most one byte of payload; stdout is one JSON object")
    void wire() throws Exception {
        assertThat(bench("wire", "--quick", "--json", "--seed", "7")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.path("bench").asText()).isEqualTo("wire");
        assertThat(json.path("seed").asLong()).isEqualTo(7);
        JsonNode first = json.path("figures").get(0);
        assertThat(first.path("name").asText()).isEqualTo("bytes_per_reading");
        assertThat(first.path("value").asDouble()).isBetween(0.1, 1.0);
        assertThat(first.path("target").asText()).isEqualTo("<= 1");
        assertThat(first.path("met").asBoolean()).isTrue();
        assertThat(json.path("figures").get(3).path("value").asLong())
                .as("100 meters x 96 quarter-hours x 6 channels")
                .isEqualTo(57_600);
    }

    @Test
    @DisplayName("the island's figures carry the names and targets that are promised")
    void island() throws Exception {
        assertThat(bench("island", "--quick", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.path("figures").findValuesAsText("name"))
                .containsExactly(
                        "complete_percent_of_reachable",
                        "medium_busy_percent",
                        "airtime_vs_usual_array",
                        "airtime_vs_usual_compact",
                        "airtime_vs_floor",
                        "on_demand_p95_s",
                        "retry_airtime_percent");
        assertThat(json.path("figures").findValuesAsText("target"))
                .containsExactly(">= 100", ">= 90", "<= 0.8", "<= 0.3", "null", "<= 15", "<= 15");
    }

    @Test
    @DisplayName("a figure beyond its target is not met, one without a target is only reported")
    void targets() {
        Figure over = Figure.atMost("a", 1.01, "B", 1, "");
        Figure under = Figure.atLeast("b", 59, "x", 60, "");
        Figure told = Figure.reported("c", 5, "x", "");
        assertThat(List.of(over.met(), under.met(), told.met())).containsExactly(false, false, true);
        JsonNode json = Bench.json("n", 1, List.of(over, told));
        assertThat(json.path("figures").get(0).path("met").asBoolean(true)).isFalse();
        assertThat(json.path("figures").get(1).path("met").isNull()).isTrue();
    }
}
