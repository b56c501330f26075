package org.telar.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.benchmarks.cim.CimBenchmark;
import org.telar.benchmarks.cim.LoadBenchmark;
import org.telar.benchmarks.island.IslandBenchmark;
import org.telar.benchmarks.plan.PlanBenchmark;
import org.telar.benchmarks.store.StoreBenchmark;
import org.telar.benchmarks.uplink.UplinkBenchmark;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;

/** {@code telar bench}: runs one benchmark and compares its figures with their targets. */
public final class Bench {
    private static final int OK = 0;
    private static final int USAGE = 2;
    static final int NOT_MET = 3;
    private static final List<Benchmark> ALL = List.of(
            new WireBenchmark(),
            new FootprintBenchmark(),
            new MeterDayBenchmark(),
            new IslandBenchmark(),
            new AgentBenchmark(),
            new StoreBenchmark(),
            new UplinkBenchmark(),
            new PlanBenchmark(),
            new CimBenchmark(),
            new LoadBenchmark());

    private final PrintStream out;
    private final PrintStream err;

    Bench(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** See {@code telar --help}. */
    public static void main(String[] args) {
        // Figures are all that a benchmark says; the product's log has no place here.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(new Bench(System.out, System.err).run(args));
    }

    /** @return the exit code */
    int run(String... args) {
        String name = "";
        boolean json = false;
        boolean quick = false;
        long seed = 1;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--list" -> {
                    ALL.forEach(b -> out.printf("%-12s %s%n", b.name(), b.describe()));
                    return OK;
                }
                case "--json" -> json = true;
                case "--quick" -> quick = true;
                case "--seed" -> {
                    Optional<Long> given = i + 1 < args.length ? number(args[++i]) : Optional.empty();
                    if (given.isEmpty()) {
                        return usage("--seed expects a whole number");
                    }
                    seed = given.get();
                }
                default -> {
                    if (args[i].startsWith("-") || !name.isEmpty()) {
                        return usage("what is '" + args[i] + "'?");
                    }
                    name = args[i];
                }
            }
        }
        String wanted = name;
        Optional<Benchmark> benchmark =
                ALL.stream().filter(b -> b.name().equals(wanted)).findFirst();
        return benchmark.isEmpty()
                ? usage(wanted.isEmpty() ? "name a benchmark" : "there is no benchmark '" + wanted + "'")
                : measure(benchmark.get(), seed, quick, json);
    }

    private int measure(Benchmark benchmark, long seed, boolean quick, boolean json) {
        Path work = null;
        try {
            work = Files.createTempDirectory("telar-bench-");
            Benchmark.Context context =
                    new Benchmark.Context(Installation.find(), seed, quick, work, line -> err.println("  " + line));
            err.println(benchmark.name() + ": " + benchmark.describe());
            List<Figure> figures = benchmark.run(context);
            if (json) {
                out.println(json(benchmark.name(), seed, figures));
            } else {
                figures.forEach(this::print);
            }
            return figures.stream().allMatch(Figure::met) ? OK : NOT_MET;
        } catch (HarnessException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            err.println("telar bench: " + e);
            return HarnessException.UNEXPECTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        } finally {
            remove(work);
        }
    }

    private void print(Figure f) {
        String verdict =
                f.target().map(t -> (f.met() ? "met      " : "NOT MET  ") + t).orElse("reported");
        out.printf(
                Locale.ROOT,
                "%-28s %12s %-10s %-20s %s%n",
                f.name(),
                Figure.plain(f.value()),
                f.unit(),
                verdict,
                f.reference());
    }

    static ObjectNode json(String name, long seed, List<Figure> figures) {
        ObjectNode result = new ObjectMapper().createObjectNode();
        result.put("bench", name).put("seed", seed);
        ArrayNode list = result.putArray("figures");
        for (Figure f : figures) {
            ObjectNode one = list.addObject()
                    .put("name", f.name())
                    .put("value", Math.round(f.value() * 1000) / 1000.0)
                    .put("unit", f.unit())
                    .put("reference", f.reference());
            f.target().ifPresentOrElse(t -> one.put("target", t.toString()).put("met", f.met()), () -> {
                one.putNull("target").putNull("met");
            });
        }
        return result;
    }

    private int usage(String problem) {
        err.println(
                "telar bench: " + problem + ". Usage: telar bench [--list] NAME [--json] [--quick] [--seed N]; names: "
                        + String.join(", ", ALL.stream().map(Benchmark::name).toList()));
        return USAGE;
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void remove(Path folder) {
        if (folder == null) {
            return;
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> {
                try {
                    Files.deleteIfExists(f);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            System.err.println("left behind: " + folder + " (" + e.getMessage() + ")");
        }
    }
}
