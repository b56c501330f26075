package org.telar.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.GatewayFiles;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.ProcMemory;
import org.telar.harness.TelarSystem;

/**
 * What the edge agent costs on a gateway: the real process with the JVM flags of its hardware profile, idle and after a
 * load of 300 simulated meters over three media, with the collector at the other end.
 */
final class FootprintBenchmark implements Benchmark {
    private static final int METERS = 300;
    private static final int DAYS = 3;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration QUICK_IDLE = Duration.ofSeconds(10);
    private static final Duration LINK = Duration.ofSeconds(60);
    private static final Duration LOAD = Duration.ofMinutes(5);
    private static final double MEGABYTE = 1e6;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public String describe() {
        return "memory and start of the edge agent, idle and after a load of 300 meters";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        TelarSystem.Plan plan = new TelarSystem.Plan(
                context.work(), Ports.freeBlock(), METERS, context.quick() ? 1 : DAYS, context.seed(), "simulated");
        try (TelarSystem system = TelarSystem.open(context.installation(), plan)) {
            Thread stop = new Thread(system::close, "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                return measure(context, system);
            } finally {
                Runtime.getRuntime().removeShutdownHook(stop);
            }
        }
    }

    private static List<Figure> measure(Context context, TelarSystem system)
            throws HarnessException, IOException, InterruptedException {
        context.progress().accept("starting " + METERS + " meters, the collector and the agent");
        system.startSimulator(45);
        system.startCollector();
        system.startWan();
        system.startAgent();
        Await.untilTrue(
                "the agent's link",
                LINK,
                () -> Optional.of(system.agent().status().linkUp()));
        Duration idle = context.quick() ? QUICK_IDLE : IDLE;
        context.progress().accept("agent ready, idle for " + idle.toSeconds() + " s");
        Thread.sleep(idle.toMillis());
        long pid = system.agent().process().pid();
        double idleMegabytes = ProcMemory.resident(pid)
                        .orElseThrow(() -> new HarnessException(
                                HarnessException.PRECONDITION, "This machine does not tell the memory of processes."))
                / MEGABYTE;
        context.progress().accept("loading " + METERS + " meters");
        load(system);
        return List.of(
                Figure.reported("edge_idle_rss_mb", idleMegabytes, "MB", "68 by a trial of a bare assembly"),
                Figure.atMost("edge_rss_mb", system.agent().peakResident() / MEGABYTE, "MB", 128, "VmHWM, whole life"),
                Figure.reported("edge_start_ms", system.agent().startTime().toMillis(), "ms", "365 to 500 by a trial"));
    }

    private static void load(TelarSystem system) throws HarnessException, IOException, InterruptedException {
        Centre centre = new Centre(system.collector().client());
        centre.registerGateway(TelarSystem.GATEWAY);
        centre.importMeters(GatewayFiles.registryImport(
                TelarSystem.GATEWAY, system.simulator().fleet()));
        String run = centre.startRun(TelarSystem.GATEWAY);
        Centre.Run judged = Await.until("the load", LOAD, () -> {
            system.agent().process().requireAlive();
            return centre.run(run).filter(Centre.Run::over);
        });
        if (!judged.judged() || judged.count("NEW") < METERS) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED,
                    "The load ended as " + judged.state() + " with " + judged.count("NEW") + " of " + METERS
                            + " meters");
        }
    }
}
