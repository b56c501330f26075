package org.telar.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The launcher as a process: what a person sees, and with which code it ends. */
class LauncherTest {
    private static final Duration SOON = Duration.ofSeconds(45);

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    @DisplayName(
            "F38: ready with every component, locked against a second start, stopped cleanly within 10 s by SIGTERM")
    void startsLocksStops() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Process process = ready(agent);
        assertThat(agent.out()).startsWith("READY {\"gateway\":\"gw-0001\",\"profile\":\"simulated\"");

        assertThat(exit(started(agent.start()))).isEqualTo(Main.LOCKED);
        assertThat(agent.err()).contains("another agent uses the data folder " + agent.data());
        assertThat(process.isAlive()).as("the first one goes on").isTrue();

        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(agent.data().resolve("status.json"))).contains("\"state\":\"stopped\"");
    }

    @Test
    @DisplayName("F13: a torn configuration falls back to the last good one, and says so")
    void lastGoodConfiguration() throws Exception {
        TestAgent agent = new TestAgent(folder);
        stop(ready(agent));
        agent.write("agent.json", TestAgent.agentJson().substring(0, 100));
        Process process = ready(agent);
        assertThat(agent.err()).contains("CONFIG_FALLBACK", "agent.json, line ", "The last good configuration is used");
        assertThat(agent.out()).contains("\"configFallback\":true");
        stop(process);
    }

    @Test
    @DisplayName("Bad input: a first configuration that cannot be used names the key, and nothing starts")
    void badConfiguration() throws Exception {
        TestAgent agent = new TestAgent(folder);
        agent.write("agent.json", TestAgent.agentJson().replace("\"backfillDays\": 3", "\"backfillDays\": 4000"));
        assertThat(exit(started(agent.start()))).isEqualTo(Main.CONFIGURATION);
        assertThat(agent.err())
                .contains("agent.json, key \"backfillDays\": a whole number 0..366 expected, got 4000")
                .contains("The agent does not start.")
                .doesNotContain("Exception");
    }

    @Test
    @DisplayName("S49: keys open to others end the start with the command that helps, not with a stack trace")
    void openKeys() throws Exception {
        TestAgent agent = new TestAgent(folder);
        Files.setPosixFilePermissions(agent.file("keys.csv"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(exit(started(agent.start()))).isEqualTo(Main.REFUSED);
        assertThat(agent.err().lines().filter(l -> l.startsWith("telar-agent:")))
                .singleElement()
                .asString()
                .contains("org.telar.platform.linux.keys refused to start", "chmod 600");
    }

    @Test
    @DisplayName("Bad input: an unknown option is answered with where to find help")
    void wrongCommandLine() throws Exception {
        TestAgent agent = new TestAgent(folder);
        assertThat(exit(started(agent.start("--verbose")))).isEqualTo(Main.USAGE);
        assertThat(agent.err()).contains("unknown option --verbose; --help lists the options");
        assertThat(exit(started(agent.start("--help")))).isZero();
        assertThat(agent.out()).contains("--profile DIR", "Exit codes");
        assertThat(exit(started(agent.start("--version")))).isZero();
    }

    private Process ready(TestAgent agent) throws IOException {
        Process process = started(agent.start());
        await().atMost(SOON).until(() -> agent.out().contains("READY") || !process.isAlive());
        assertThat(process.isAlive()).as(agent.err()).isTrue();
        return process;
    }

    private Process started(Process process) {
        started.add(process);
        return process;
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static int exit(Process process) throws InterruptedException {
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
