package org.telar.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The edge agent as a process: with the JVM flags of its hardware profile, as on a gateway. */
public final class AgentProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Installation installation;
    private final Spec spec;
    private final StatusFile status;
    private ManagedProcess process;
    private Duration startTime = Duration.ZERO;
    private long peakResident;

    /**
     * What to start.
     *
     * @param profile folder of the hardware profile
     * @param configuration {@code agent.json}
     * @param data what the agent keeps
     * @param mark environment of the process
     */
    public record Spec(
            Path profile, Path configuration, Path data, Path clockFile, Path log, Map<String, String> mark) {}

    private AgentProcess(Installation installation, Spec spec) {
        this.installation = installation;
        this.spec = spec;
        this.status = new StatusFile(spec.data().resolve("status.json"));
    }

    /** Starts it and returns when every component is in place. */
    public static AgentProcess start(Installation installation, Spec spec)
            throws HarnessException, InterruptedException {
        AgentProcess agent = new AgentProcess(installation, spec);
        agent.start();
        return agent;
    }

    /** Starts it (again, after a kill or a stop). */
    public void start() throws HarnessException, InterruptedException {
        start(Launch.PLAIN);
    }

    /** Starts it (again) in another way than before. */
    public void start(Launch launch) throws HarnessException, InterruptedException {
        List<String> command = new ArrayList<>(launch.prefix());
        command.add(Installation.java().toString());
        command.addAll(installation.jvmFlags(spec.profile()));
        command.add("-Dtelar.clock.file=" + spec.clockFile());
        command.add("-jar");
        command.add(installation.agentJar().toString());
        command.addAll(List.of("--profile", spec.profile().toString()));
        command.addAll(List.of("--config", spec.configuration().toString()));
        command.addAll(List.of("--data", spec.data().toString()));
        command.addAll(launch.arguments());
        Map<String, String> environment = new HashMap<>(spec.mark());
        environment.putAll(launch.environment());
        long begin = System.nanoTime();
        process = ManagedProcess.start(
                new ManagedProcess.Spec("agent", command, environment, spec.log(), l -> l.startsWith("READY")));
        try {
            process.awaitReady(START);
        } catch (HarnessException | InterruptedException e) {
            process.close();
            throw e;
        }
        startTime = Duration.ofNanos(System.nanoTime() - begin);
    }

    public ManagedProcess process() {
        return process;
    }

    public Spec spec() {
        return spec;
    }

    public StatusFile status() {
        return status;
    }

    /** From the start of the process to its ready line, the last time. */
    public Duration startTime() {
        return startTime;
    }

    /** Highest resident set over all starts, bytes. */
    public long peakResident() {
        peakResident = Math.max(peakResident, process.peakResident());
        return peakResident;
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        peakResident();
        process.kill();
    }

    @Override
    public void close() {
        peakResident();
        process.close();
    }
}
