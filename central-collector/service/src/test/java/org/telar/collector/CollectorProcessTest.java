package org.telar.collector;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The whole collector as a process: killed hard, started again, stopped. */
class CollectorProcessTest {

    @Test
    @DisplayName(
            "kill −9, start again on the same data, SIGTERM: back by itself, stopped within 20 s, no server survives (faults 4 and 38)")
    void killAndStop() throws Exception {
        Path folder = RunningCollector.folder("process");
        Pki pki = new Pki(folder.resolve("pki"));
        Process first = start(folder, pki, 1);
        assertThat(servers(folder)).isEqualTo(1);
        String token = Files.readString(folder.resolve("data/api-token"));

        first.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        await("its PostgreSQL follows a collector that was killed")
                .atMost(Duration.ofSeconds(15))
                .until(() -> servers(folder) == 0);
        Process second = start(folder, pki, 2);
        assertThat(Files.readString(folder.resolve("data/api-token"))).isEqualTo(token);

        long begin = System.nanoTime();
        second.destroy();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(servers(folder)).as("servers after the stop").isZero();
    }

    private static Process start(Path folder, Pki pki, int nth) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CollectorApplication.class.getName()));
        command.addAll(RunningCollector.arguments(folder.resolve("data"), pki));
        Path out = folder.resolve("collector-" + nth + ".log");
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

    /** Postmasters that work in this test's cluster. */
    private static long servers(Path folder) {
        Path cluster = folder.resolve("data/postgres/cluster");
        return ProcessHandle.allProcesses()
                .filter(p ->
                        p.info().arguments().map(List::of).orElse(List.of()).contains(cluster.toString()))
                .filter(p ->
                        p.info().command().filter(c -> c.endsWith("postgres")).isPresent())
                .count();
    }
}
