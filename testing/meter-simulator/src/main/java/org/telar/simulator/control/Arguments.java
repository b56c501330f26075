package org.telar.simulator.control;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Meter;

/** The arguments of one command; what is wrong with one is said in a sentence. */
final class Arguments {
    private final Map<String, Object> values;
    private final Fleet fleet;

    Arguments(Map<String, Object> values, Fleet fleet) {
        this.values = values;
        this.fleet = fleet;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Refuses arguments that the command does not know: a misspelt one must not be taken for its default. */
    void only(Set<String> known) {
        for (String key : values.keySet()) {
            if (!key.equals("cmd") && !known.contains(key)) {
                throw new IllegalArgumentException(key + ": no such argument here; known: "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + ": expected a string");
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    boolean flag(String key) {
        if (!has(key)) {
            return false;
        }
        if (values.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException(key + ": expected true or false");
    }

    Path file() {
        return Path.of(text("file"));
    }

    double number(String key, double min, double max) {
        if (values.get(key) instanceof Double number && number >= min && number <= max) {
            return number;
        }
        throw new IllegalArgumentException(
                key + ": expected a number from " + Math.round(min) + " to " + Math.round(max));
    }

    long whole(String key, long min, long max, long otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        double number = number(key, min, max);
        if (number != Math.rint(number)) {
            throw new IllegalArgumentException(key + ": expected a whole number from " + min + " to " + max);
        }
        return (long) number;
    }

    Instant time(String key) {
        try {
            return Instant.parse(text(key));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(key + ": expected a time such as 2026-11-20T03:15:00Z");
        }
    }

    /** A list of strings. */
    List<String> texts(String key) {
        if (values.get(key) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new IllegalArgumentException(key + ": expected a list of strings");
    }

    Meter meter(String key) {
        return meter(values.get(key), key);
    }

    /** {@code "meter":N}, {@code "meters":[N,...]} or {@code "meters":"all"}. */
    Collection<Meter> meters() {
        return has("meter") ? List.of(meter("meter")) : list();
    }

    /** {@code "meters":[N,...]} or {@code "meters":"all"}. */
    Collection<Meter> list() {
        if ("all".equals(values.get("meters"))) {
            return fleet.meters();
        }
        if (values.get("meters") instanceof List<?> list) {
            return list.stream().map(n -> meter(n, "meters")).toList();
        }
        throw new IllegalArgumentException("meters: expected a list of meter numbers or \"all\"");
    }

    private Meter meter(Object number, String key) {
        String digits = number instanceof Double d ? Long.toString(Math.round(d)) : String.valueOf(number);
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(key + ": expected a meter number, not " + digits);
        }
        return fleet.meter(Integer.parseInt(digits))
                .orElseThrow(() -> new IllegalArgumentException(key + ": no meter " + digits + " in this fleet"));
    }
}
