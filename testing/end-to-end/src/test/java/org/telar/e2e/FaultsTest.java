package org.telar.e2e;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.harness.Ports;
import org.telar.harness.ProcMemory;
import org.telar.harness.TelarSystem;
import org.telar.harness.faults.Faults;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The short set of faults on the real processes, with the controls that show that the judge would see a loss. The whole
 * catalogue is {@code telar faults}.
 */
@Tag("story")
class FaultsTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "R05 R12 R43 R64 R65 D11 F1 F2 F3 F5 F8: kills, broker loss, power cut, full disk lose nothing; without R1 or R2 data is lost")
    void shortSet() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Path data = folder.resolve("some faults");
        int offset = Ports.freeBlock().base() - Ports.DEFAULT_BASE;
        int exit = new Faults(print(out), print(err))
                .run(
                        "--json",
                        "--only",
                        "1,2,3,5,8",
                        "--meters",
                        "9",
                        "--data",
                        data.toString(),
                        "--port-offset",
                        Integer.toString(offset));

        String told = err.toString(StandardCharsets.UTF_8);
        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        List<String> played = new ArrayList<>();
        for (JsonNode round : json.path("rounds")) {
            String status = round.path("status").asText();
            if (status.equals("skipped")) {
                System.out.println("SKIPPED(" + round.path("reason").asText() + "): fault "
                        + round.path("fault").asInt());
            } else {
                played.add(round.path("fault").asText() + " " + status);
                assertThat(round.path("lost").asLong()).as(told).isZero();
                assertThat(round.path("expected").asLong()).as(told).isPositive();
            }
        }
        assertThat(played).as(told).contains("1 ok", "2 ok", "3 ok");
        assertThat(json.path("control")).as(told).hasSize(2);
        assertThat(json.path("control").get(0).path("lost").asLong()).as(told).isPositive();
        assertThat(exit).as(told).isEqualTo(Faults.OK);
        assertThat(ProcMemory.marked(TelarSystem.MARK, data.toString()))
                .as("processes left behind")
                .isEmpty();
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
