package org.telar.e2e.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.telar.harness.FolderLock;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;
import org.telar.harness.Narrator;
import org.telar.harness.TelarSystem;

/** {@code telar demo}: plays the story on real processes and judges it. See {@code telar --help}. */
public final class Demo {
    /** Everything arrived as the meters held it. */
    public static final int OK = 0;
    /** The command line was wrong. */
    public static final int USAGE = 2;
    /** Something is missing, wrong, doubled or made up. */
    public static final int NOT_FLAWLESS = 3;

    private static final int INTERRUPTED = 130;
    private static final String MARKER = ".telar-demo";
    /** What a demo makes anew each time; the test authority stays. */
    private static final List<String> MADE = List.of(
            "simulator",
            "gateway",
            "collector",
            "logs",
            "clock.offset",
            "result.json",
            "ledger.csv",
            "legacy.csv",
            "closings-ledger.csv",
            "closings-legacy.csv");

    private final PrintStream out;
    private final PrintStream err;

    public Demo(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new Demo(System.out, System.err).run(args));
    }

    /** Runs the demo in this process. @return the exit code */
    public int run(String... args) {
        Narrator tell = Narrator.ofProcess(err);
        try {
            Installation installation = Installation.find();
            return run(installation, DemoOptions.parse(installation.home(), args), tell);
        } catch (DemoOptions.UsageException e) {
            err.println("telar demo: " + e.getMessage() + ". Try 'telar demo --help'.");
            return USAGE;
        } catch (HarnessException e) {
            tell.plain("telar demo: " + e.getMessage());
            return e.exitCode();
        } catch (IOException | SQLException e) {
            tell.plain("telar demo: " + e);
            return HarnessException.UNEXPECTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
    }

    private int run(Installation installation, DemoOptions options, Narrator tell)
            throws HarnessException, IOException, InterruptedException, SQLException {
        requireOurs(options.data());
        try (FolderLock lock = FolderLock.take(options.data())) {
            startAfresh(options.data(), tell);
            TelarSystem.Plan plan = new TelarSystem.Plan(
                    options.data(), options.ports(), options.meters(), options.days(), options.seed(), "simulated");
            try (TelarSystem system = TelarSystem.open(installation, plan);
                    StopHook hook = new StopHook(system)) {
                try {
                    return told(options, system, tell, hook);
                } catch (HarnessException | IOException | SQLException e) {
                    // What fails while everything is being stopped fails because of that.
                    if (system.isClosed()) {
                        throw new HarnessException(
                                INTERRUPTED, tell.words("stopped before its end.", "detenida antes de terminar."), e);
                    }
                    throw e;
                }
            }
        }
    }

    private int told(DemoOptions options, TelarSystem system, Narrator tell, StopHook hook)
            throws HarnessException, IOException, InterruptedException, SQLException {
        Outcome outcome = new Story(options, system, tell).play();
        Report.write(options, outcome, tell, out);
        if (!options.once()) {
            stayUp(tell, hook);
        }
        return outcome.flawless() ? OK : NOT_FLAWLESS;
    }

    private static void stayUp(Narrator tell, StopHook hook) throws InterruptedException {
        tell.plain(tell.words(
                "\nEverything keeps running. Ctrl-C stops it.", "\nTodo sigue en marcha. Ctrl-C lo detiene."));
        hook.awaitStop();
    }

    /** A folder with somebody else's files is never touched. */
    private static void requireOurs(Path data) throws HarnessException, IOException {
        if (!Files.exists(data)) {
            return;
        }
        if (!Files.isDirectory(data)) {
            throw new HarnessException(
                    HarnessException.PRECONDITION, data + " is not a folder. Choose one with --data.");
        }
        try (var files = Files.list(data)) {
            boolean empty = files.noneMatch(f -> !f.getFileName().toString().equals(".lock"));
            if (!empty && !Files.exists(data.resolve(MARKER))) {
                throw new HarnessException(
                        HarnessException.PRECONDITION,
                        "The folder " + data + " holds files that are not a demo's. Choose an empty one with --data.");
            }
        }
    }

    private static void startAfresh(Path data, Narrator tell) throws IOException {
        Files.writeString(
                data.resolve(MARKER), "Made by 'telar demo', which removes what is in here at its next start.\n");
        boolean removed = false;
        for (String name : MADE) {
            Path path = data.resolve(name);
            removed |= Files.exists(path);
            remove(path);
        }
        if (removed) {
            tell.plain(tell.words(
                    "Starting afresh: the data of the demo before in " + data + " was removed (its certificates stay).",
                    "Se parte de cero: se borraron los datos de la demo anterior en " + data
                            + " (sus certificados quedan)."));
        }
    }

    private static void remove(Path path) throws IOException {
        if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (Path f : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(f);
            }
        }
    }

    /** Ctrl-C and SIGTERM: everything is stopped before this process ends. */
    private static final class StopHook implements AutoCloseable {
        private final CountDownLatch stop = new CountDownLatch(1);
        private final Thread thread;

        StopHook(TelarSystem system) {
            thread = new Thread(
                    () -> {
                        stop.countDown();
                        system.close();
                    },
                    "stop");
            Runtime.getRuntime().addShutdownHook(thread);
        }

        void awaitStop() throws InterruptedException {
            stop.await();
            // The hook stops everything; this thread must not run into an exit code of its own meanwhile.
            thread.join();
        }

        @Override
        public void close() {
            try {
                Runtime.getRuntime().removeShutdownHook(thread);
            } catch (IllegalStateException alreadyStopping) {
                stop.countDown();
            }
        }
    }
}
