package org.telar.harness.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.harness.Ports;

/**
 * Options of {@code telar faults}.
 *
 * @param list only tell what there is
 * @param json the result is one JSON object on stdout
 * @param only numbers of faults; empty for all
 * @param seed moments and choices follow from it
 * @param rounds of every fault, 1 to 1000
 * @param meters simulated meters, 6 to 200
 */
record FaultOptions(
        boolean list,
        boolean json,
        Optional<List<Integer>> only,
        long seed,
        int rounds,
        int meters,
        Ports ports,
        Path data) {

    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /** @param home the repository, whose {@code .telar/faults} is the default data folder */
    static FaultOptions parse(Path home, String... args) throws UsageException {
        boolean list = false;
        boolean json = false;
        Optional<List<Integer>> only = Optional.empty();
        long seed = 1;
        int rounds = 1;
        int meters = 12;
        int offset = 0;
        Path data = home.resolve(".telar/faults");
        for (int i = 0; i < args.length; i++) {
            String name = args[i];
            if (name.equals("--list")) {
                list = true;
                continue;
            }
            if (name.equals("--json")) {
                json = true;
                continue;
            }
            if (!List.of("--only", "--seed", "--rounds", "--meters", "--port-offset", "--data")
                    .contains(name)) {
                throw new UsageException("what is '" + name + "'?");
            }
            if (i + 1 == args.length) {
                throw new UsageException(name + " expects a value");
            }
            String value = args[++i];
            switch (name) {
                case "--only" -> only = Optional.of(numbers(value));
                case "--seed" -> seed = number(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
                case "--rounds" -> rounds = (int) number(name, value, 1, 1000);
                case "--meters" -> meters = (int) number(name, value, 6, 200);
                case "--port-offset" ->
                    offset = (int)
                            number(name, value, 1024 - Ports.DEFAULT_BASE, 65_535 - Ports.SIZE - Ports.DEFAULT_BASE);
                default -> data = Path.of(value);
            }
        }
        return new FaultOptions(
                list,
                json,
                only,
                seed,
                rounds,
                meters,
                new Ports(Ports.DEFAULT_BASE + offset),
                data.toAbsolutePath().normalize());
    }

    private static List<Integer> numbers(String text) throws UsageException {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            numbers.add((int) number("--only", part.strip(), 1, 99));
        }
        return List.copyOf(numbers);
    }

    private static long number(String name, String text, long min, long max) throws UsageException {
        try {
            long n = Long.parseLong(text);
            if (n >= min && n <= max) {
                return n;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw new UsageException(name + " expects whole numbers from " + min + " to " + max + ", got '" + text + "'");
    }
}
