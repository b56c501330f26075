package org.telar.agent;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Checks a file against the JSON schema that documents its format, and tells everything that does not fit, not only the
 * first. Knows the keywords that the schemas of {@code hardware-profiles} use (a test holds it against a complete
 * validator); {@code x-expected} is what a person is told. Immutable.
 */
final class Schema {
    private final Map<String, Object> root;
    private final Map<String, Schema> others;

    private Schema(Map<String, Object> root, Map<String, Schema> others) {
        this.root = root;
        this.others = others;
    }

    /** Of a hardware profile. */
    static Schema ofProfile() {
        return new Schema(read("profile.schema.json"), Map.of());
    }

    /** Of a gateway's own configuration. */
    static Schema ofAgent() {
        return new Schema(read("agent.schema.json"), Map.of("profile.schema.json", ofProfile()));
    }

    private static Map<String, Object> read(String resource) {
        try (InputStream in = Schema.class.getResourceAsStream(resource)) {
            return Json.object(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | ConfigException e) {
            throw new IllegalStateException("the schema within the launcher is broken: " + e.getMessage(), e);
        }
    }

    /** @return what is wrong, in the order of the file; empty when all is well */
    List<Problem> check(String file, Map<String, Object> document) {
        List<Problem> problems = new ArrayList<>();
        new Check(file, problems).value(this, root, "", document);
        return problems;
    }

    private record Check(String file, List<Problem> problems) {
        void value(Schema within, Map<String, Object> schema, String key, Object value) {
            if (schema.get("$ref") instanceof String ref) {
                int hash = ref.indexOf('#');
                Schema home = hash == 0 ? within : within.others.get(ref.substring(0, hash));
                Map<String, Object> target = home.root;
                for (String step : ref.substring(hash + 2).split("/")) {
                    target = object(target, step);
                }
                value(home, target, key, value);
            } else if (!fits(schema, value)) {
                problems.add(Problem.of(file, key, Expectation.of(schema), Expectation.shown(value)));
            } else if (value instanceof Map<?, ?> map) {
                members(within, schema, key, map);
            } else if (value instanceof List<?> list && schema.containsKey("items")) {
                for (int i = 0; i < list.size(); i++) {
                    value(within, object(schema, "items"), key + "[" + i + "]", list.get(i));
                }
            }
        }

        private void members(Schema within, Map<String, Object> schema, String key, Map<?, ?> map) {
            Map<String, Object> known = object(schema, "properties");
            for (Map.Entry<?, ?> e : map.entrySet()) {
                String name = (String) e.getKey();
                String path = key.isEmpty() ? name : key + "." + name;
                if (known.containsKey(name)) {
                    value(within, object(known, name), path, e.getValue());
                } else if (Boolean.FALSE.equals(schema.get("additionalProperties"))) {
                    String list = String.join(", ", new TreeSet<>(known.keySet()));
                    problems.add(new Problem(
                            file, path, "is unknown; known here are " + list, "no se conoce; aquí se conocen " + list));
                } else {
                    if (schema.containsKey("propertyNames")) {
                        value(within, object(schema, "propertyNames"), path, name);
                    }
                    value(within, object(schema, "additionalProperties"), path, e.getValue());
                }
            }
            for (Object required : list(schema, "required")) {
                if (!map.containsKey(required)) {
                    Map<String, Object> of = object(known, (String) required);
                    String path = key.isEmpty() ? (String) required : key + "." + required;
                    problems.add(Problem.missing(file, path, Expectation.of(resolved(within, of))));
                }
            }
        }

        private static Map<String, Object> resolved(Schema within, Map<String, Object> schema) {
            if (schema.get("$ref") instanceof String ref && ref.startsWith("#/$defs/")) {
                return object(object(within.root, "$defs"), ref.substring("#/$defs/".length()));
            }
            return schema;
        }
    }

    private static boolean fits(Map<String, Object> schema, Object value) {
        return typeFits(schema, value)
                && (!schema.containsKey("enum") || list(schema, "enum").contains(value))
                && (!(value instanceof String text) || textFits(schema, text))
                && (!(value instanceof BigDecimal number) || numberFits(schema, number))
                && (!(value instanceof List<?> list) || listFits(schema, list));
    }

    private static boolean typeFits(Map<String, Object> schema, Object value) {
        Object type = schema.get("type");
        if (type == null) {
            return true;
        }
        List<?> types = type instanceof List<?> list ? list : List.of(type);
        String actual = value instanceof Map
                ? "object"
                : value instanceof List
                        ? "array"
                        : value instanceof String ? "string" : value instanceof Boolean ? "boolean" : "integer";
        boolean fraction =
                value instanceof BigDecimal n && n.stripTrailingZeros().scale() > 0;
        return types.contains(actual) && !fraction;
    }

    private static boolean textFits(Map<String, Object> schema, String text) {
        // JSON schema counts code points and searches; the patterns of ours carry their own anchors.
        int length = text.codePointCount(0, text.length());
        return length >= number(schema, "minLength", 0)
                && length <= number(schema, "maxLength", Integer.MAX_VALUE)
                && (!(schema.get("pattern") instanceof String p)
                        || Pattern.compile(p).matcher(text).find());
    }

    private static boolean numberFits(Map<String, Object> schema, BigDecimal number) {
        return (!(schema.get("minimum") instanceof BigDecimal min) || number.compareTo(min) >= 0)
                && (!(schema.get("maximum") instanceof BigDecimal max) || number.compareTo(max) <= 0);
    }

    private static boolean listFits(Map<String, Object> schema, List<?> list) {
        return list.size() >= number(schema, "minItems", 0)
                && list.size() <= number(schema, "maxItems", Integer.MAX_VALUE)
                && (!Boolean.TRUE.equals(schema.get("uniqueItems")) || new HashSet<>(list).size() == list.size());
    }

    private static long number(Map<String, Object> schema, String key, long otherwise) {
        return schema.get(key) instanceof BigDecimal n ? n.longValueExact() : otherwise;
    }

    static List<?> list(Map<String, Object> schema, String key) {
        return schema.get(key) instanceof List<?> list ? list : List.of();
    }

    @SuppressWarnings("unchecked") // Json makes maps with text keys only.
    static Map<String, Object> object(Map<String, Object> schema, String key) {
        return schema.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
