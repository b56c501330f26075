package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;

/**
 * One whole system on this machine: simulated meters, one gateway with the agent, the WAN, the collector; its test
 * authority and its clock. Every process and file of it lives under one data folder. Closing stops everything, from any
 * thread, however far the start came.
 */
public final class TelarSystem implements AutoCloseable {
    /** Environment variable that marks every process of a system; its value is the data folder. */
    public static final String MARK = "TELAR_RUN";
    /** Id of the one gateway. */
    public static final String GATEWAY = "gw-0001";

    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration LEFTOVERS = Duration.ofSeconds(10);

    private final Installation installation;
    private final Plan plan;
    private final TestPki pki;
    private final ClockControl clock;
    private final MemoryWatch memory;
    private final Map<String, String> mark;

    // Guarded by this: close() comes from a shutdown hook while a start may be under way.
    private SimulatorProcess simulator;
    private CollectorProcess collector;
    private TcpFaultProxy wan;
    private AgentProcess agent;
    private boolean closed;

    /**
     * What to start.
     *
     * @param data folder of everything, absolute
     * @param backfillDays whole local days before today that the first load collects
     * @param profile name of the hardware profile
     */
    public record Plan(Path data, Ports ports, int meters, int backfillDays, long seed, String profile) {}

    /** Makes the folders and the test authority, and ends what a run that was killed has left behind here. */
    public static TelarSystem open(Installation installation, Plan plan)
            throws HarnessException, IOException, InterruptedException {
        Files.createDirectories(plan.data());
        Files.setPosixFilePermissions(plan.data(), PosixFilePermissions.fromString("rwx------"));
        Leftovers.end(MARK, plan.data().toString(), LEFTOVERS);
        plan.ports().requireFree();
        try {
            return new TelarSystem(installation, plan);
        } catch (GeneralSecurityException e) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The test authority could not be made: " + e.getMessage(), e);
        }
    }

    private TelarSystem(Installation installation, Plan plan) throws IOException, GeneralSecurityException {
        this.installation = installation;
        this.plan = plan;
        this.pki = TestPki.open(plan.data().resolve("pki"));
        this.clock = new ClockControl(plan.data().resolve("clock.offset"));
        this.mark = Map.of(MARK, plan.data().toString());
        this.memory = new MemoryWatch(MARK, plan.data().toString());
    }

    /** Starts the meters. */
    public SimulatorProcess startSimulator(int bufferDays) throws HarnessException, InterruptedException {
        SimulatorProcess started = SimulatorProcess.start(
                installation,
                new SimulatorProcess.Spec(
                        plan.meters(),
                        bufferDays,
                        plan.seed(),
                        plan.ports().simulator(),
                        plan.data().resolve("simulator"),
                        clock.file(),
                        log("simulator"),
                        mark));
        synchronized (this) {
            simulator = started;
            return kept(started);
        }
    }

    /** Starts the collector with its broker and its databases. */
    public CollectorProcess startCollector() throws HarnessException, InterruptedException {
        CollectorProcess started = new CollectorProcess(
                installation,
                new CollectorProcess.Spec(
                        plan.data().resolve("collector"),
                        plan.ports(),
                        clock.file(),
                        pki,
                        server(),
                        log("collector"),
                        mark));
        synchronized (this) {
            collector = started;
            return kept(started);
        }
    }

    /** Joins gateway and centre. */
    public TcpFaultProxy startWan() throws IOException, HarnessException {
        TcpFaultProxy started =
                TcpFaultProxy.start(plan.ports().wan(), plan.ports().mqtt());
        synchronized (this) {
            wan = started;
            return kept(started);
        }
    }

    /** Writes the gateway's configuration from the simulator's fleet and starts the agent. */
    public AgentProcess startAgent() throws HarnessException, IOException, InterruptedException {
        Path gateway = plan.data().resolve("gateway");
        Path configuration = GatewayFiles.write(
                gateway,
                new GatewayFiles.Spec(GATEWAY, "localhost", plan.ports().wan(), gatewayIdentity(), plan.backfillDays()),
                simulator().fleet());
        Path profile = installation.hardwareProfile(plan.profile());
        AgentProcess started = AgentProcess.start(
                installation,
                new AgentProcess.Spec(
                        profile, configuration, gateway.resolve("data"), clock.file(), log("agent"), mark));
        synchronized (this) {
            agent = started;
            return kept(started);
        }
    }

    private TestPki.Identity server() throws HarnessException {
        try {
            return pki.server("collector");
        } catch (IOException | GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "No certificate for the collector: " + e, e);
        }
    }

    private TestPki.Identity gatewayIdentity() throws HarnessException {
        try {
            return pki.gateway(GATEWAY);
        } catch (IOException | GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "No certificate for the gateway: " + e, e);
        }
    }

    /** When the system was closed meanwhile, what has just started must not live on. */
    private <T extends AutoCloseable> T kept(T started) throws HarnessException {
        if (closed) {
            close(started);
            throw new HarnessException(130, "interrupted");
        }
        return started;
    }

    private Path log(String name) {
        return plan.data().resolve("logs").resolve(name + ".log");
    }

    public Plan plan() {
        return plan;
    }

    public ClockControl clock() {
        return clock;
    }

    public TestPki pki() {
        return pki;
    }

    public MemoryWatch memory() {
        return memory;
    }

    public synchronized SimulatorProcess simulator() {
        return started(simulator, "simulator");
    }

    public synchronized CollectorProcess collector() {
        return started(collector, "collector");
    }

    public synchronized TcpFaultProxy wan() {
        return started(wan, "WAN");
    }

    public synchronized AgentProcess agent() {
        return started(agent, "agent");
    }

    private static <T> T started(T part, String name) {
        if (part == null) {
            throw new IllegalStateException("the " + name + " has not been started");
        }
        return part;
    }

    /** True once {@link #close()} was called. */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** Stops everything in the order of the data: agent, WAN, collector, meters; then whatever is left. */
    @Override
    public void close() {
        AutoCloseable[] parts;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            parts = new AutoCloseable[] {agent, wan, collector, simulator, memory};
        }
        for (AutoCloseable part : parts) {
            close(part);
        }
        try {
            Leftovers.end(MARK, plan.data().toString(), STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception e) {
            System.getLogger(TelarSystem.class.getName()).log(System.Logger.Level.WARNING, "stopping " + part, e);
        }
    }
}
