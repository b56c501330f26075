package org.telar.harness.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.FolderLock;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;
import org.telar.harness.Narrator;

/**
 * {@code telar faults}: strikes the real processes and judges what arrived. Exit 0 only when every round is ok or was
 * skipped, and every control run lost data as it must.
 */
public final class Faults {
    public static final int OK = 0;
    public static final int USAGE = 2;
    /** Something was lost, doubled, not told or not recovered; or a control run lost nothing. */
    public static final int NOT_FLAWLESS = 3;

    private static final int INTERRUPTED = 130;
    private static final int SPARES = 3;
    private static final String MARKER = ".telar-faults";
    /** What a rig makes anew; the test authority and the compiled shim stay. */
    private static final List<String> MADE = List.of(
            "simulator",
            "gateway",
            "broker",
            "collector",
            "shadow",
            "backup",
            "clock.offset",
            "agent-clock.offset",
            "legacy.password",
            "ledger.csv",
            "legacy.csv",
            "ledger-known.csv",
            "legacy-known.csv");

    private final PrintStream out;
    private final PrintStream err;

    public Faults(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        System.exit(new Faults(System.out, System.err).run(args));
    }

    /** Runs the command in this process. @return the exit code */
    public int run(String... args) {
        Narrator tell = Narrator.ofProcess(err);
        try {
            Installation installation = Installation.find();
            FaultOptions options = FaultOptions.parse(installation.home(), args);
            List<Fault> chosen = choose(options);
            if (options.list()) {
                list(chosen, options, tell);
                return OK;
            }
            return run(installation, options, chosen, tell);
        } catch (FaultOptions.UsageException e) {
            err.println("telar faults: " + e.getMessage() + ". Try 'telar faults --help'.");
            return USAGE;
        } catch (HarnessException e) {
            tell.plain("telar faults: " + e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            tell.plain("telar faults: " + e);
            return HarnessException.UNEXPECTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
    }

    private static List<Fault> choose(FaultOptions options) throws FaultOptions.UsageException {
        List<Fault> all = Catalogue.all();
        List<Fault> chosen = new ArrayList<>();
        for (int n : options.only()
                .orElseGet(() -> all.stream().map(Fault::number).distinct().toList())) {
            List<Fault> found = all.stream().filter(f -> f.number() == n).toList();
            if (found.isEmpty()) {
                throw new FaultOptions.UsageException("there is no fault " + n + " here; --list tells what there is");
            }
            chosen.addAll(found);
        }
        // Controls last: what they lose is lost.
        List<Fault> ordered =
                new ArrayList<>(chosen.stream().filter(f -> !f.control()).toList());
        ordered.addAll(chosen.stream().filter(Fault::control).toList());
        return ordered;
    }

    private void list(List<Fault> faults, FaultOptions options, Narrator tell) throws IOException {
        ArrayNode json = new ObjectMapper().createArrayNode();
        for (Fault f : faults) {
            String title = tell.words(f.english(), f.spanish());
            if (options.json()) {
                json.addObject()
                        .put("fault", f.number())
                        .put("control", f.control())
                        .put("title", title)
                        .put("event", f.event())
                        .put("recovery_s", f.recovery().toSeconds());
            } else {
                out.printf(
                        Locale.ROOT,
                        "%4d%s  %-72s %4d s  %s%n",
                        f.number(),
                        f.control() ? "C" : " ",
                        title,
                        f.recovery().toSeconds(),
                        f.event());
            }
        }
        if (options.json()) {
            out.println(json);
        }
    }

    private int run(Installation installation, FaultOptions options, List<Fault> faults, Narrator tell)
            throws HarnessException, IOException, InterruptedException {
        requireOurs(options.data());
        try (FolderLock lock = FolderLock.take(options.data())) {
            Files.writeString(
                    options.data().resolve(MARKER),
                    "Made by 'telar faults', which removes what is in here at its next start.\n");
            PowerCut.delete(options.data().resolve("logs"));
            Runner runner = new Runner(into -> open(installation, options, into), options.seed(), tell);
            Thread hook = new Thread(runner::close, "stop");
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                return played(runner, options, faults, tell);
            } finally {
                runner.close();
                try {
                    Runtime.getRuntime().removeShutdownHook(hook);
                } catch (IllegalStateException stopping) {
                    hook.join();
                }
            }
        }
    }

    private static void open(
            Installation installation, FaultOptions options, java.util.concurrent.atomic.AtomicReference<Rig> into)
            throws HarnessException, IOException, InterruptedException {
        for (String name : MADE) {
            SmallDisk.release(options.data().resolve("gateway/data/store"));
            PowerCut.delete(options.data().resolve(name));
        }
        options.ports().requireFree();
        Rig rig = new Rig(installation, options.data(), options.ports());
        into.set(rig);
        try {
            rig.start(options.meters(), SPARES, options.seed());
        } catch (HarnessException | IOException | InterruptedException | RuntimeException e) {
            into.set(null);
            rig.close();
            throw e;
        }
    }

    private int played(Runner runner, FaultOptions options, List<Fault> faults, Narrator tell)
            throws HarnessException, InterruptedException {
        ObjectNode json = new ObjectMapper().createObjectNode().put("seed", options.seed());
        ArrayNode rounds = json.putArray("rounds");
        ArrayNode control = json.putArray("control");
        boolean good = true;
        tell.section("Faults, seed " + options.seed(), "Fallas, semilla " + options.seed());
        for (Fault fault : faults) {
            for (int n = 1; n <= (fault.control() ? 1 : options.rounds()); n++) {
                RoundResult r = runner.play(fault, n);
                (fault.control() ? control : rounds).add(r.json());
                good &= fault.control() ? lostAsItMust(r) : !r.failed();
                tell(fault, r, tell);
            }
        }
        tell.line(
                good ? "every round is ok or was skipped" : "NOT every round is ok",
                good ? "cada ronda está bien o se omitió" : "NO todas las rondas están bien");
        if (options.json()) {
            out.println(json);
        }
        return good ? OK : NOT_FLAWLESS;
    }

    private static boolean lostAsItMust(RoundResult r) {
        return r.status() == RoundResult.Status.SKIPPED || r.failed() && r.lost() > 0;
    }

    private static void tell(Fault fault, RoundResult r, Narrator tell) {
        String figures = String.format(
                Locale.ROOT,
                "expected %d delivered %d gaps %d lost %d duplicates %d, %.1f s",
                r.expected(),
                r.delivered(),
                r.gapsWithReason(),
                r.lost(),
                r.duplicates(),
                r.recoverySeconds());
        String state =
                switch (r.status()) {
                    case OK ->
                        fault.control() ? tell.words("LOST NOTHING", "NO PERDIÓ NADA") : tell.words("ok", "bien");
                    case SKIPPED -> "SKIPPED(" + r.reason() + ")";
                    case FAILED ->
                        fault.control() && r.lost() > 0
                                ? tell.words("lost as it must", "perdió, como debe")
                                : tell.words("FAILED", "FALLÓ");
                };
        String head = (fault.control() ? "C" : "F") + r.fault() + "." + r.round() + " ";
        if (r.status() == RoundResult.Status.SKIPPED) {
            tell.line(head + fault.english() + ": " + state, head + fault.spanish() + ": " + state);
        } else {
            tell.line(
                    head + fault.english() + ": " + state + "; " + figures + "; " + r.reason(),
                    head + fault.spanish() + ": " + state + "; " + figures + "; " + r.reason());
        }
    }

    /** A folder with somebody else's files is never touched. */
    private static void requireOurs(Path data) throws HarnessException, IOException {
        if (!Files.exists(data)) {
            return;
        }
        try (var files = Files.list(data)) {
            boolean empty = files.noneMatch(f -> !f.getFileName().toString().equals(".lock"));
            if (!empty && !Files.exists(data.resolve(MARKER))) {
                throw new HarnessException(
                        HarnessException.PRECONDITION,
                        "The folder " + data
                                + " holds files that are not of 'telar faults'. Choose another with --data.");
            }
        }
    }
}
