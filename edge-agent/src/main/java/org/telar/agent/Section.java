package org.telar.agent;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** An object of a configuration file, read key by key. Errors name file, key, expectation and what was found. */
final class Section {
    private final String file;
    private final String path;
    private final Map<String, Object> values;

    Section(String file, String path, Map<String, Object> values) {
        this.file = file;
        this.path = path;
        this.values = values;
    }

    /** Refuses keys that nobody reads: a mistyped key must not be taken for a missing one. */
    Section allow(String... keys) throws ConfigException {
        Set<String> known = new TreeSet<>(Set.of(keys));
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw new ConfigException(file + ", key \"" + name(key) + "\" is unknown; known here are " + known);
            }
        }
        return this;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Set<String> keys() {
        return values.keySet();
    }

    String text(String key) throws ConfigException {
        return textOr(key).orElseThrow(() -> bad(key, "a text", "nothing"));
    }

    Optional<String> textOr(String key) throws ConfigException {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String s && !s.isBlank()) {
            return Optional.of(s);
        }
        throw bad(key, "a text", value);
    }

    Optional<Long> number(String key, long from, long to) throws ConfigException {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            if (value instanceof BigDecimal n) {
                long exact = n.longValueExact();
                if (exact >= from && exact <= to) {
                    return Optional.of(exact);
                }
            }
        } catch (ArithmeticException e) {
            // Falls through to the same sentence.
        }
        throw bad(key, "a whole number " + from + ".." + to, value);
    }

    /** A serial number, as a number or in quotes (leading zeros). */
    long serial(String key, long most) throws ConfigException {
        Object value = values.get(key);
        String digits = String.valueOf(value);
        if (digits.matches("\\d{1,15}") && Long.parseLong(digits) <= most) {
            return Long.parseLong(digits);
        }
        throw bad(key, "a whole number 0.." + most, value == null ? "nothing" : value);
    }

    Optional<Boolean> flag(String key) throws ConfigException {
        Object value = values.get(key);
        if (value == null || value instanceof Boolean) {
            return Optional.ofNullable((Boolean) value);
        }
        throw bad(key, "true or false", value);
    }

    Optional<Duration> duration(String key) throws ConfigException {
        Optional<String> text = textOr(key);
        try {
            return text.map(Duration::parse);
        } catch (DateTimeException e) {
            throw bad(key, "a duration such as PT1.5S", text.get());
        }
    }

    Optional<List<String>> texts(String key) throws ConfigException {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object o : list) {
                if (!(o instanceof String s)) {
                    throw bad(key, "a list of texts", o);
                }
                texts.add(s);
            }
            return Optional.of(texts);
        }
        throw bad(key, "a list of texts", value);
    }

    /** A path; a relative one counts from the configuration's folder. */
    Optional<Path> file(String key, Path folder) throws ConfigException {
        return textOr(key).map(t -> folder.resolve(t).normalize());
    }

    Optional<Section> section(String key) throws ConfigException {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> typed = new LinkedHashMap<>();
            map.forEach((k, v) -> typed.put((String) k, v));
            return Optional.of(new Section(file, name(key), typed));
        }
        throw bad(key, "an object { ... }", value);
    }

    /** A value as a component's property: text, whole number, flag, or list of texts. */
    Object property(String key) throws ConfigException {
        Object value = values.get(key);
        if (value instanceof List<?>) {
            return texts(key).orElseThrow().toArray(new String[0]);
        }
        if (value instanceof BigDecimal) {
            return number(key, Long.MIN_VALUE, Long.MAX_VALUE).orElseThrow();
        }
        if (value instanceof Map<?, ?>) {
            throw bad(key, "a text, number, flag or list of texts", "an object");
        }
        return value;
    }

    ConfigException bad(String key, String expected, Object got) {
        String shown = String.valueOf(got);
        return new ConfigException(file + ", key \"" + name(key) + "\": " + expected + " expected, got "
                + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown));
    }

    private String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
