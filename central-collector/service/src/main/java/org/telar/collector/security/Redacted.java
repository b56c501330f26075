package org.telar.collector.security;

import java.util.Map;
import java.util.regex.Pattern;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request's body as the audit may hold it (S40). */
final class Redacted {
    /** Longer bodies are told by their size. */
    static final int LONGEST = 8 * 1024;

    private static final Pattern SECRET =
            Pattern.compile(".*(password|secret|token|credential|key).*|code|current", Pattern.CASE_INSENSITIVE);
    private static final JsonMapper JSON = JsonMapper.shared();

    private Redacted() {}

    /** @param body as far as it was read, at most {@link #LONGEST} bytes */
    static String of(String type, byte[] body, boolean whole) {
        if (body.length == 0) {
            return "";
        }
        if (whole && type.contains("json")) {
            try {
                return JSON.writeValueAsString(redact(JSON.readTree(body)));
            } catch (JacksonException notJson) {
                return "not JSON, " + body.length + " bytes";
            }
        }
        return (type.isEmpty() ? "body" : type) + ", "
                + (whole ? body.length + " bytes" : "more than " + LONGEST + " bytes");
    }

    private static JsonNode redact(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                if (SECRET.matcher(field.getKey()).matches()) {
                    object.put(field.getKey(), "***");
                } else {
                    redact(field.getValue());
                }
            }
        } else {
            node.forEach(Redacted::redact);
        }
        return node;
    }
}
