package org.telar.simulator;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.simulator.control.Json;
import org.telar.simulator.fleet.Medium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The command line, the control socket and the life of the process. */
class ProcessTest {
    @TempDir
    Path data;

    private static Process start(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                SimulatorMain.class.getName()));
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectError(File.createTempFile("simulator", ".err"))
                .start();
    }

    private static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("serves, answers on the control socket, and stops when its parent closes the pipe")
    void life() throws Exception {
        int port = Sims.freeBlock();
        Process process = start(
                List.of("--data", data.toString(), "--meters", "20", "--port-base", "" + port, "--exit-with-parent"));
        try {
            String ready = lines(process).readLine();
            assertThat(ready).startsWith("READY {");
            Map<String, Object> json = Json.parse(ready.substring(6));
            assertThat(json).containsEntry("control", (double) port).containsEntry("meters", 20.0);
            try (Socket control = new Socket("127.0.0.1", port)) {
                control.getOutputStream().write("{\"cmd\":\"ping\"}\n{\"cmd\":\"dance\"}\nno json\n".getBytes());
                BufferedReader answers = new BufferedReader(new InputStreamReader(control.getInputStream()));
                assertThat(answers.readLine()).isEqualTo("{\"ok\":true,\"meters\":20}");
                assertThat(answers.readLine()).startsWith("{\"ok\":false,\"error\":\"unknown command");
                assertThat(answers.readLine()).startsWith("{\"ok\":false,\"error\":\"expected");
            }
            process.getOutputStream().close();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(Files.exists(data.resolve("line-1"), java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("SIGTERM stops it within seconds and its links go with it")
    void sigterm() throws Exception {
        Process process = start(List.of("--data", data.toString(), "--port-base", "" + Sims.freeBlock()));
        try {
            assertThat(lines(process).readLine()).startsWith("READY {");
            assertThat(Files.isSymbolicLink(data.resolve("line-1"))).isTrue();
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.isSymbolicLink(data.resolve("line-1"))).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("a port in use: a sentence and exit code 2, and the first simulator's files are left alone")
    void portInUse() throws Exception {
        try (Simulator first = Sims.start(data, 10, Map.of(Medium.WRAPPER, 100), 1024, Clock.systemUTC())) {
            Object port = Json.parse(first.ready()).get("control");
            Path fleet = data.resolve("fleet.csv");
            Files.writeString(fleet, "mine");
            Process second = start(List.of("--data", data.toString(), "--port-base", "" + ((Double) port).intValue()));
            assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(2);
            assertThat(Files.readString(fleet)).isEqualTo("mine");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--meters,0,--meters 0: expected a whole number from 1 to 9000",
        "--zone,Mars,--zone Mars: expected a zone such as America/Santiago",
        "--mix,'wrapper=50','--mix wrapper=50: the shares add up to 50, not 100'",
        "--mix,'smoke=100','--mix: no medium \"smoke\"; expected wrapper, hdlc-tcp, pty, udp, gateway or prime'",
        "--colour,red,--colour: no such option; see --help"
    })
    @DisplayName("a wrong option is named, with what was expected")
    void options(String name, String value, String message) {
        assertThatThrownBy(() -> Options.parse(new String[] {name, value})).hasMessage(message);
    }

    /** R12: the demo's clock is an offset in a file; a broken line keeps the last good one. */
    @Test
    @DisplayName("R12: the clock follows its file, and survives a broken line")
    void clockFile() throws Exception {
        Instant base = Instant.parse("2026-11-20T12:00:00Z");
        Path file = data.resolve("clock");
        SimulatorClock clock = new SimulatorClock(Clock.fixed(base, ZoneOffset.UTC), Optional.of(file));
        assertThat(clock.instant()).isEqualTo(base);
        Files.writeString(file, "P1D\n");
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> clock.instant()
                .equals(base.plus(Duration.ofDays(1))));
        Files.writeString(file, "tomorrow");
        SimulatorClock fresh = new SimulatorClock(Clock.fixed(base, ZoneOffset.UTC), Optional.of(file));
        assertThat(fresh.instant()).isEqualTo(base);
        assertThat(clock.instant()).isEqualTo(base.plus(Duration.ofDays(1)));
    }

    @Test
    @DisplayName("JSON of the control socket: nesting and escapes both ways, broken text refused")
    void json() {
        Map<String, Object> parsed =
                Json.parse("{ \"a\" : [1, -2.5e1, \"x\\u0041\\n\"], \"b\":{\"c\":null,\"d\":true}}");
        assertThat(Json.write(parsed)).isEqualTo("{\"a\":[1.0,-25.0,\"xA\\u000a\"],\"b\":{\"c\":null,\"d\":true}}");
        for (String broken : List.of("", "[1]", "{\"a\":}", "{\"a\":1", "{\"a\":1}x", "{'a':1}", "[".repeat(20))) {
            assertThatThrownBy(() -> Json.parse(broken)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
