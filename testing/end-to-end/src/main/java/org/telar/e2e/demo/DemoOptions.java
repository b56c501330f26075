package org.telar.e2e.demo;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.telar.harness.Ports;

/**
 * Options of {@code telar demo}.
 *
 * @param once end after the story
 * @param json the result is one JSON object on stdout
 * @param meters number of simulated meters, 3 to 900
 * @param days whole local days before today in the first load, 1 to 30
 * @param seed consumption and keys follow from it
 * @param ports block of TCP ports
 * @param data folder of everything, absolute
 */
public record DemoOptions(boolean once, boolean json, int meters, int days, long seed, Ports ports, Path data) {
    private static final int MAX_METERS = 900;
    private static final int MAX_DAYS = 30;

    /** What is wrong with the command line, in a sentence. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /** @param home the repository, whose {@code .telar/demo} is the default data folder */
    public static DemoOptions parse(Path home, String... args) throws UsageException {
        Map<String, String> values = new HashMap<>();
        boolean once = false;
        boolean json = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--once" -> once = true;
                case "--json" -> json = true;
                case "--meters", "--days", "--seed", "--port-offset", "--data" -> {
                    if (i + 1 == args.length) {
                        throw new UsageException(args[i] + " expects a value");
                    }
                    values.put(args[i], args[++i]);
                }
                default -> throw new UsageException("what is '" + args[i] + "'?");
            }
        }
        long offset =
                number(values, "--port-offset", 0, 1024 - Ports.DEFAULT_BASE, 65_535 - Ports.SIZE - Ports.DEFAULT_BASE);
        Path data = values.containsKey("--data") ? Path.of(values.get("--data")) : home.resolve(".telar/demo");
        return new DemoOptions(
                once,
                json,
                (int) number(values, "--meters", 300, 3, MAX_METERS),
                (int) number(values, "--days", 3, 1, MAX_DAYS),
                number(values, "--seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
                new Ports(Ports.DEFAULT_BASE + (int) offset),
                data.toAbsolutePath().normalize());
    }

    private static long number(Map<String, String> values, String name, long otherwise, long min, long max)
            throws UsageException {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long n = Long.parseLong(text);
            if (n >= min && n <= max) {
                return n;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw new UsageException(name + " expects a whole number from " + min + " to " + max + ", got '" + text + "'");
    }
}
