package org.telar.simulator.fleet;

import java.util.LinkedHashMap;
import java.util.Map;

/** Splits a number of meters by percentages so that the parts add up. */
final class Shares {
    private Shares() {}

    static <K> Map<K, Integer> split(Map<K, Integer> percent, int total) {
        Map<K, Integer> parts = new LinkedHashMap<>();
        int sum = percent.values().stream().mapToInt(Integer::intValue).sum();
        int running = 0;
        int given = 0;
        for (Map.Entry<K, Integer> share : percent.entrySet()) {
            running += share.getValue();
            int upTo = (int) Math.round((double) total * running / sum);
            parts.put(share.getKey(), upTo - given);
            given = upTo;
        }
        return parts;
    }
}
