package org.telar.harness.faults;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The command line of {@code telar faults} and the form of its result. */
class FaultsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return new Faults(new PrintStream(out, true), new PrintStream(err, true)).run(args);
    }

    @Test
    @DisplayName("F1-F18 F20 F31-F35 F38: every fault of the issue is in the catalogue, with controls for R1 and R2")
    void catalogue() {
        var numbers = Catalogue.all().stream().map(Fault::number).collect(Collectors.toCollection(TreeSet::new));
        assertThat(numbers)
                .contains(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 31, 32, 33, 34, 38);
        assertThat(Catalogue.all().stream().filter(Fault::control)).hasSize(2);
        assertThat(Catalogue.all()).allMatch(f -> !f.english().equals(f.spanish()));
    }

    @Test
    @DisplayName("--list tells number, title, target and event, on stdout alone")
    void list() {
        assertThat(run("--list", "--only", "5")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("STORE_RECOVERED", "   5C ");
        assertThat(err.size()).isZero();
    }

    @Test
    @DisplayName("a wrong command line is exit code 2 and a sentence")
    void usage() {
        for (String[] args : new String[][] {{"--only", "99"}, {"--rounds", "0"}, {"--seed"}, {"--what"}}) {
            assertThat(run(args)).isEqualTo(Faults.USAGE);
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("there is no fault 99", "--rounds expects", "--seed expects a value", "what is '--what'?");
        assertThat(out.size()).isZero();
    }

    @Test
    @DisplayName("options have bounds and defaults")
    void options() throws Exception {
        FaultOptions o = FaultOptions.parse(Path.of("/x"), "--only", "1, 5", "--seed", "7", "--rounds", "3");
        assertThat(o.only()).contains(List.of(1, 5));
        assertThat(o.seed()).isEqualTo(7);
        assertThat(o.rounds()).isEqualTo(3);
        assertThat(o.data()).isEqualTo(Path.of("/x/.telar/faults"));
        assertThatThrownBy(() -> FaultOptions.parse(Path.of("/x"), "--meters", "1"))
                .hasMessageContaining("from 6 to 200");
    }

    @Test
    @DisplayName("a round's JSON has exactly the names of the contract")
    void json() {
        Fault fault = Catalogue.all().get(0);
        JsonNode json = RoundResult.skipped(fault, 2, "no tool").json();
        List<String> names = new java.util.ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactly(
                        "fault",
                        "round",
                        "status",
                        "reason",
                        "expected",
                        "delivered",
                        "gaps_with_reason",
                        "lost",
                        "duplicates",
                        "event",
                        "event_seen",
                        "recovery_s");
        assertThat(json.path("status").asText()).isEqualTo("skipped");
    }
}
