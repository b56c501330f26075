package org.telar.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Real processes: ready, ended too early, too late, stopped, killed, and nothing left behind. */
class ManagedProcessTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private ManagedProcess start(String script) throws HarnessException {
        return ManagedProcess.start(new ManagedProcess.Spec(
                "probe",
                List.of("bash", "-c", script),
                Map.of("TELAR_RUN", folder.toString()),
                folder.resolve("probe.log"),
                line -> line.startsWith("READY")));
    }

    @Test
    @DisplayName("ready at its line, output in the log, memory peak known, stopped by SIGTERM")
    void readyAndStopped() throws Exception {
        try (ManagedProcess p = start("echo starting; echo READY 4711; exec sleep 60")) {
            assertThat(p.awaitReady(SOON)).isEqualTo("READY 4711");
            assertThat(p.peakResident()).isPositive();
            assertThat(p.stop(SOON)).isTrue();
            assertThat(Files.readString(p.log())).startsWith("starting\nREADY 4711\n");
            assertThat(p.peakResident()).as("also after its end").isPositive();
        }
    }

    @Test
    @DisplayName("a process that ends or stalls before it is ready is told with its last words")
    void endedTooEarly() throws Exception {
        try (ManagedProcess p = start("echo 'port 1883 is in use'; exit 6")) {
            assertThatThrownBy(() -> p.awaitReady(SOON))
                    .hasMessageContaining("exit code 6")
                    .hasMessageContaining("port 1883 is in use");
        }
        try (ManagedProcess p = start("exec sleep 60")) {
            assertThatThrownBy(() -> p.awaitReady(Duration.ofMillis(200))).hasMessageContaining("not ready within");
        }
    }

    @Test
    @DisplayName("F1: a killed process leaves its children behind; the mark finds them")
    void leftovers() throws Exception {
        try (ManagedProcess p = start("sleep 60 & echo READY; wait")) {
            p.awaitReady(SOON);
            p.kill();
            assertThat(p.exitCode()).contains(137);
            List<Long> left = ProcMemory.marked("TELAR_RUN", folder.toString());
            assertThat(left).hasSize(1);
            Leftovers.end("TELAR_RUN", folder.toString(), SOON);
            assertThat(ProcMemory.marked("TELAR_RUN", folder.toString())).isEmpty();
        }
    }
}
