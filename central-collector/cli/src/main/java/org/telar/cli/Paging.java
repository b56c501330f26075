package org.telar.cli;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Option;

/** How much of a list is fetched. */
public final class Paging {
    private static final int PAGE = 1_000;

    @Option(names = "--limit", paramLabel = "N", descriptionKey = "option.limit")
    int limit = 100;

    @Option(names = "--all", descriptionKey = "option.all")
    boolean all;

    /** Fetches the pages that are asked for and joins them. */
    public JsonNode fetch(Api api, String path, Map<String, String> query) {
        long wanted = all ? Long.MAX_VALUE : Math.max(0, limit);
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        long total = 0;
        for (int page = 0; items.size() < wanted; page++) {
            Map<String, String> asked = new java.util.LinkedHashMap<>(query);
            asked.put("page", Integer.toString(page));
            asked.put("size", Long.toString(Math.max(1, Math.min(PAGE, wanted))));
            JsonNode answer = api.get(path, asked);
            total = answer.path("total").asLong();
            for (JsonNode item : answer.path("items")) {
                if (items.size() < wanted) {
                    items.add(item);
                }
            }
            if (answer.path("items").isEmpty() || items.size() >= total) {
                break;
            }
        }
        ObjectNode joined = JsonNodeFactory.instance.objectNode();
        joined.put("total", total);
        joined.set("items", items);
        return joined;
    }
}
