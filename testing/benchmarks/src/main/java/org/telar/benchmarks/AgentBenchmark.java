package org.telar.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.GatewayFiles;
import org.telar.harness.HarnessException;
import org.telar.harness.Ports;
import org.telar.harness.ProcMemory;
import org.telar.harness.TelarSystem;

/**
 * The real agent with 1,000 simulated meters on the loopback, over all three media of the demo: how fast it reads, and what
 * that costs of heap, memory and threads. The simulator runs beside it on the same machine, so that the speed is that of both.
 */
final class AgentBenchmark implements Benchmark {
    private static final int METERS = 1_000;
    private static final int QUICK_METERS = 200;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration LINK = Duration.ofSeconds(60);
    private static final Duration LOAD = Duration.ofMinutes(10);
    private static final double MEGABYTE = 1e6;
    private static final double KIBIBYTE = 1024;

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String describe() {
        return "the real agent reading 1,000 simulated meters: speed, heap, memory, threads";
    }

    @Override
    public List<Figure> run(Context context) throws HarnessException, IOException, InterruptedException {
        int meters = context.quick() ? QUICK_METERS : METERS;
        TelarSystem.Plan plan =
                new TelarSystem.Plan(context.work(), Ports.freeBlock(), meters, 1, context.seed(), "simulated");
        try (TelarSystem system = TelarSystem.open(context.installation(), plan)) {
            Thread stop = new Thread(system::close, "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                return measure(context, system, meters);
            } finally {
                Runtime.getRuntime().removeShutdownHook(stop);
            }
        }
    }

    private static List<Figure> measure(Context context, TelarSystem system, int meters)
            throws HarnessException, IOException, InterruptedException {
        context.progress().accept("starting " + meters + " meters, the collector and the agent");
        system.startSimulator(45);
        system.startCollector();
        system.startWan();
        system.startAgent();
        Await.untilTrue(
                "the agent's link",
                LINK,
                () -> Optional.of(system.agent().status().linkUp()));
        Thread.sleep(IDLE.toMillis());
        long pid = system.agent().process().pid();
        double idle = resident(pid);
        Centre centre = new Centre(system.collector().client());
        centre.registerGateway(TelarSystem.GATEWAY);
        centre.importMeters(GatewayFiles.registryImport(
                TelarSystem.GATEWAY, system.simulator().fleet()));
        context.progress().accept("loading " + meters + " meters");
        long before = System.nanoTime();
        String run = centre.startRun(TelarSystem.GATEWAY);
        Await.untilTrue(
                "the agent's run",
                LOAD,
                () -> Optional.of(system.agent().status().run(run).path("ended").asBoolean(false)));
        double seconds = (System.nanoTime() - before) / 1e9;
        Centre.Run judged =
                Await.until("the judgement", LOAD, () -> centre.run(run).filter(Centre.Run::over));
        if (judged.count("NEW") < meters) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "Only " + judged.count("NEW") + " of " + meters + " meters were read");
        }
        double heap = heapAfterCollection(pid);
        return List.of(
                Figure.reported(
                        "meters_per_second", meters / seconds, "1/s", "a day of 6 channels each, models learned in it"),
                Figure.atMost("heap_mb", heap, "MB", 48, "live objects after a full collection"),
                Figure.atMost("rss_mb", system.agent().peakResident() / MEGABYTE, "MB", 128, "VmHWM, whole life"),
                Figure.reported("idle_rss_mb", idle, "MB", "linked, before the load"),
                Figure.reported("threads", threads(pid), "", "after the load, those of the JVM included"));
    }

    private static double resident(long pid) throws HarnessException {
        return ProcMemory.resident(pid)
                        .orElseThrow(() -> new HarnessException(
                                HarnessException.PRECONDITION, "This machine does not tell the memory of processes."))
                / MEGABYTE;
    }

    private static double threads(long pid) throws IOException {
        try (var tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return tasks.count();
        }
    }

    /** Asks the JVM itself: {@code GC.run}, then what {@code GC.heap_info} calls used, generations added up. */
    private static double heapAfterCollection(long pid) throws HarnessException, IOException, InterruptedException {
        jcmd(pid, "GC.run");
        Matcher used =
                Pattern.compile("generation\\s+total \\d+K, used (\\d+)K").matcher(jcmd(pid, "GC.heap_info"));
        double kibibytes = 0;
        while (used.find()) {
            kibibytes += Double.parseDouble(used.group(1));
        }
        if (kibibytes == 0) {
            throw new HarnessException(HarnessException.UNEXPECTED, "jcmd GC.heap_info shows no generations");
        }
        return kibibytes * KIBIBYTE / MEGABYTE;
    }

    private static String jcmd(long pid, String what) throws HarnessException, IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(program.toString(), Long.toString(pid), what)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new HarnessException(HarnessException.PRECONDITION, "jcmd " + what + " failed: " + out);
        }
        return out;
    }
}
