package org.telar.agent;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the edge agent and stops it cleanly on SIGTERM. See {@link Options#HELP}. */
public final class Main {
    static final int USAGE = 2;
    static final int CONFIGURATION = 5;
    static final int REFUSED = 6;
    static final int LOCKED = 7;
    static final int NOT_READY = 8;
    static final int CHANGED = 9;

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private Main() {}

    public static void main(String[] args) {
        // Halt, not exit: by then everything of ours is stopped, and nothing else may hold the process.
        Runtime.getRuntime().halt(run(List.of(args)));
    }

    private static int run(List<String> args) {
        Logging.setUp();
        Options options = Options.parse(args);
        if (options.stop().isPresent()) {
            Options.Stop stop = options.stop().get();
            (stop.code() == 0 ? System.out : System.err).println(stop.text());
            return stop.code();
        }
        if (options.verify()) {
            try {
                InstalledFiles.verify(home());
            } catch (AssemblyException e) {
                return say(CHANGED, e.getMessage() + ". The agent does not start.");
            }
        }
        try (InstanceLock lock = InstanceLock.take(options.data()).orElse(null)) {
            if (lock == null) {
                return say(LOCKED, "another agent uses the data folder " + options.data() + "; this one ends.");
            }
            ConfigFiles files = new ConfigFiles(options.profile(), options.config(), options.data());
            Configuration configuration = files.load();
            files.fallback().ifPresent(f -> System.err.println("telar-agent: CONFIG_FALLBACK: " + f));
            return serve(configuration, options.data(), files.fallback());
        } catch (ConfigException e) {
            return say(CONFIGURATION, e.getMessage() + ". The agent does not start.");
        } catch (AssemblyException e) {
            return say(NOT_READY, e.getMessage() + ". The agent does not start.");
        } catch (IOException e) {
            return say(CONFIGURATION, "the data folder " + options.data() + " cannot be used: " + e);
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private static int serve(Configuration configuration, Path data, Optional<String> fallback)
            throws AssemblyException, InterruptedException {
        Assembly assembly =
                Assembly.start(home().resolve("bundles"), data.resolve("felix"), configuration.components());
        ServiceManager manager = new ServiceManager(System.getenv());
        Thread hook = new Thread(
                () -> {
                    manager.stopping();
                    stop(assembly);
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        Readiness.Report report = new Readiness(assembly).await(READY_WITHIN);
        if (!report.isReady()) {
            Runtime.getRuntime().removeShutdownHook(hook);
            assembly.stop();
            return report.refusals().isEmpty()
                    ? say(
                            NOT_READY,
                            "not ready after " + READY_WITHIN.toSeconds() + " s: "
                                    + String.join("; ", report.waiting()))
                    : say(REFUSED, String.join("; ", report.refusals()) + ". The agent does not start.");
        }
        System.out.println("READY " + ready(configuration, report, fallback));
        System.out.flush();
        if (fallback.isPresent()) {
            tellCentre(assembly, fallback.get());
        }
        manager.ready(
                "gateway " + configuration.gateway() + ", profile " + configuration.profile(),
                new SignOfLife("housekeeping"));
        assembly.framework().waitForStop(0);
        return 0;
    }

    /** The launcher shares no classes with the bundles. */
    private static void tellCentre(Assembly assembly, String fallback) throws AssemblyException {
        Object sink = assembly.service("org.telar.api.platform.EventSink");
        Reflective.raise(sink, "CONFIG_FALLBACK", "WARNING", fallback);
    }

    private static void stop(Assembly assembly) {
        if (!assembly.stop()) {
            System.err.println("telar-agent: the bundles did not stop in time; the process ends all the same.");
        }
    }

    private static String ready(Configuration configuration, Readiness.Report report, Optional<String> fallback) {
        long started = ManagementFactory.getRuntimeMXBean().getStartTime();
        StringBuilder s = new StringBuilder("{\"gateway\":").append(Json.quote(configuration.gateway()));
        s.append(",\"profile\":").append(Json.quote(configuration.profile()));
        s.append(",\"pid\":").append(ProcessHandle.current().pid());
        s.append(",\"startMillis\":").append(System.currentTimeMillis() - started);
        s.append(",\"configFallback\":").append(fallback.isPresent());
        s.append(",\"components\":{");
        String comma = "";
        for (Map.Entry<String, String> e : report.states().entrySet()) {
            s.append(comma).append(Json.quote(e.getKey())).append(':').append(Json.quote(e.getValue()));
            comma = ",";
        }
        return s.append("}}").toString();
    }

    /** The agent's folder: that of the launcher's jar, or what a test says. */
    static Path home() throws AssemblyException {
        String told = System.getProperty("telar.agent.home", "");
        if (!told.isEmpty()) {
            return Path.of(told);
        }
        try {
            return Path.of(Main.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new AssemblyException("the launcher's own folder is not known: " + e.getMessage(), e);
        }
    }

    private static int say(int code, String sentence) {
        System.err.println("telar-agent: " + sentence);
        return code;
    }
}
