package org.telar.e2e.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.Ports;
import org.telar.harness.ProcMemory;
import org.telar.harness.TelarSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The demo's whole story at small scale, on the real processes: what it tells a newcomer must be true in every build.
 */
@Tag("story")
class StoryTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "R20-R27 R40-R45 R48-R50 R64 R70 D10-D12 F1-F3 F14 F23 F29: nothing lost, wrong or twice on three media")
    void story() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Path data = folder.resolve("a demo");
        int offset = Ports.freeBlock().base() - Ports.DEFAULT_BASE;
        int exit = new Demo(print(out), print(err))
                .run(
                        "--once",
                        "--json",
                        "--meters",
                        "12",
                        "--days",
                        "1",
                        "--seed",
                        "5",
                        "--data",
                        data.toString(),
                        "--port-offset",
                        Integer.toString(offset));

        String told = err.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(told).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.path("lost").asLong()).isZero();
        assertThat(json.path("gaps_with_reason").asLong()).isZero();
        assertThat(json.path("duplicates").asLong()).isZero();
        assertThat(json.path("wrong").asLong()).isZero();
        assertThat(json.path("invented").asLong()).isZero();
        // At least two whole days (one asked for, one that the clock moved on) of 96 quarter-hours and 6 channels.
        assertThat(json.path("expected").asLong()).isGreaterThanOrEqualTo(12L * 2 * 92 * 6);
        assertThat(json.path("delivered").asLong())
                .isEqualTo(json.path("expected").asLong());
        assertThat(json.path("closings_expected").asLong()).isPositive();
        assertThat(json.path("closings_delivered").asLong())
                .isEqualTo(json.path("closings_expected").asLong());
        assertThat(json.path("media")).hasSize(3);
        assertThat(json.path("not_reached_in_second_run").asInt()).isEqualTo(3);
        assertThat(json.path("not_reached_are_the_mute_ones").asBoolean()).isTrue();
        assertThat(json.path("false_values_of_mute_meters").asLong()).isZero();
        // Few meters bear the whole cost of learning their models; the figure of the demo (<= 7) is for 300 x 3 days.
        assertThat(json.path("round_trips_per_meter_day").asDouble()).isBetween(1.0, 10.0);
        assertThat(json.path("edge_rss_mb").asDouble()).isBetween(20.0, 128.0);
        assertThat(ProcMemory.marked(TelarSystem.MARK, data.toString()))
                .as("processes left behind")
                .isEmpty();
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
