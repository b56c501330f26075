package org.telar.concentrator.internal;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.telar.acquisition.MediumConfig;
import org.telar.acquisition.RetryPolicy;
import org.telar.acquisition.Timeouts;

/**
 * A medium as one line of configuration: {@code name=plc address=tcp://127.0.0.1:4059 inFlight=4}. Further keys: {@code
 * shared}, {@code firstTimeout}, {@code minTimeout}, {@code maxTimeout}, {@code retries} (pauses, comma between), {@code
 * openTimeout}, {@code patience}; times as ISO-8601 durations.
 */
final class MediumText {
    private static final Set<String> KEYS = Set.of(
            "name",
            "address",
            "inFlight",
            "shared",
            "firstTimeout",
            "minTimeout",
            "maxTimeout",
            "retries",
            "openTimeout",
            "patience");

    private final String line;
    private final Map<String, String> values = new HashMap<>();

    private MediumText(String line) {
        this.line = line;
        for (String pair : line.strip().split("\\s+")) {
            int eq = pair.indexOf('=');
            if (eq < 1 || !KEYS.contains(pair.substring(0, eq))) {
                throw bad("one of " + new TreeSet<>(KEYS) + " and \"=\" expected, got \"" + pair + "\"");
            }
            values.put(pair.substring(0, eq), pair.substring(eq + 1));
        }
    }

    /** @throws IllegalArgumentException with the line, the key and what was expected */
    static MediumConfig parse(String line) {
        return new MediumText(line).config();
    }

    private MediumConfig config() {
        String name = value("name", "");
        URI address;
        try {
            address = URI.create(value("address", ""));
        } catch (IllegalArgumentException e) {
            throw bad("address: an URI expected, got " + value("address", ""));
        }
        if (name.isEmpty() || address.getScheme() == null) {
            throw bad("name and address (tcp://host:port, udp://host:port, serial:/dev/...) expected");
        }
        int inFlight = number("inFlight", 1);
        boolean shared = Boolean.parseBoolean(value("shared", Boolean.toString(inFlight == 1)));
        Timeouts d = Timeouts.DEFAULT;
        Duration min = time("minTimeout", d.min());
        Duration max = time("maxTimeout", d.max());
        try {
            return new MediumConfig(
                    name,
                    address,
                    inFlight,
                    shared,
                    new Timeouts(time("firstTimeout", d.first()), min, max),
                    RetryPolicy.DEFAULT.withPauses(retries()),
                    time("openTimeout", Duration.ofSeconds(5)),
                    time("patience", Duration.ofSeconds(20)));
        } catch (IllegalArgumentException e) {
            throw bad(e.getMessage());
        }
    }

    private List<Duration> retries() {
        String text = value("retries", "");
        if (text.isEmpty()) {
            return RetryPolicy.DEFAULT.pauses();
        }
        List<Duration> pauses = new ArrayList<>();
        for (String pause : text.split(",")) {
            pauses.add(time("retries", pause));
        }
        return pauses;
    }

    private String value(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    private int number(String key, int otherwise) {
        try {
            return Integer.parseInt(value(key, Integer.toString(otherwise)));
        } catch (NumberFormatException e) {
            throw bad(key + ": a number expected, got " + values.get(key));
        }
    }

    private Duration time(String key, Duration otherwise) {
        return values.containsKey(key) ? time(key, values.get(key)) : otherwise;
    }

    private Duration time(String key, String text) {
        try {
            Duration time = Duration.parse(text);
            if (!time.isNegative() && time.compareTo(Duration.ofDays(1)) <= 0) {
                return time;
            }
        } catch (DateTimeException e) {
            // Falls through to the same sentence.
        }
        throw bad(key + ": a duration such as PT1.5S, at most a day, expected, got " + text);
    }

    private IllegalArgumentException bad(String what) {
        return new IllegalArgumentException("medium \"" + line + "\": " + what);
    }
}
