package org.telar.agent;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts into words what a node of a schema expects. */
final class Expectation {
    private Expectation() {}

    static Problem.Expected of(Map<String, Object> schema) {
        if (schema.get("x-expected") instanceof Map<?, ?> told) {
            return new Problem.Expected(String.valueOf(told.get("en")), String.valueOf(told.get("es")));
        }
        if (schema.containsKey("enum")) {
            String values =
                    Schema.list(schema, "enum").stream().map(Expectation::shown).collect(Collectors.joining(", "));
            return new Problem.Expected("one of " + values, "uno de " + values);
        }
        Object type = schema.get("type") instanceof List<?> list ? list.get(0) : schema.get("type");
        return switch (String.valueOf(type)) {
            case "object" -> new Problem.Expected("an object { ... }", "un objeto { ... }");
            case "array" -> array(schema);
            case "boolean" -> new Problem.Expected("true or false", "true o false");
            case "integer" -> integer(schema);
            default -> text(schema);
        };
    }

    private static Problem.Expected array(Map<String, Object> schema) {
        Object least = schema.getOrDefault("minItems", BigDecimal.ZERO);
        Object most = schema.get("maxItems");
        String unique = Boolean.TRUE.equals(schema.get("uniqueItems")) ? " different" : "";
        String distintos = unique.isEmpty() ? "" : " distintos";
        return most == null
                ? new Problem.Expected("a list [ ... ]", "una lista [ ... ]")
                : new Problem.Expected(
                        "a list of " + least + ".." + most + unique + " elements",
                        "una lista de " + least + ".." + most + " elementos" + distintos);
    }

    private static Problem.Expected integer(Map<String, Object> schema) {
        Object min = schema.get("minimum");
        Object max = schema.get("maximum");
        String range = min == null || max == null ? "" : " " + min + ".." + max;
        return new Problem.Expected("a whole number" + range, "un número entero" + range);
    }

    private static Problem.Expected text(Map<String, Object> schema) {
        Object most = schema.get("maxLength");
        return most == null
                ? new Problem.Expected("a text", "un texto")
                : new Problem.Expected(
                        "a text of 1 to " + most + " characters", "un texto de 1 a " + most + " caracteres");
    }

    /** A value as a person wrote it. */
    static String shown(Object value) {
        if (value instanceof Map) {
            return "{ ... }";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Expectation::shown).collect(Collectors.joining(", ", "[", "]"));
        }
        return String.valueOf(value);
    }
}
