package org.telar.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A medium of a profile, with what the gateway's own configuration overrides. */
final class MediumKeys {
    private static final String[] KEYS = {
        "address",
        "protocol",
        "inFlight",
        "shared",
        "firstTimeout",
        "minTimeout",
        "maxTimeout",
        "retries",
        "openTimeout",
        "patience",
        "description"
    };

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Takes what a section says over what was there before. */
    MediumKeys with(Section s) throws ConfigException {
        s.allow(KEYS);
        s.textOr("address").ifPresent(v -> values.put("address", v));
        Optional<String> protocol = s.textOr("protocol");
        if (protocol.isPresent() && !List.of("wrapper", "hdlc").contains(protocol.get())) {
            throw s.bad("protocol", "wrapper or hdlc", protocol.get());
        }
        protocol.ifPresent(v -> values.put("protocol", v));
        s.number("inFlight", 1, 8).ifPresent(v -> values.put("inFlight", v.toString()));
        s.flag("shared").ifPresent(v -> values.put("shared", v.toString()));
        for (String key : List.of("firstTimeout", "minTimeout", "maxTimeout", "openTimeout", "patience")) {
            s.duration(key).ifPresent(v -> values.put(key, v.toString()));
        }
        Optional<List<String>> retries = s.texts("retries");
        if (retries.isPresent()) {
            for (String pause : retries.get()) {
                try {
                    java.time.Duration.parse(pause);
                } catch (java.time.DateTimeException e) {
                    throw s.bad("retries", "a list of durations such as PT30S", pause);
                }
            }
            values.put("retries", String.join(",", retries.get()));
        }
        return this;
    }

    /** The line that the concentrator's configuration takes, or empty while the medium has no address. */
    Optional<String> line(String name) {
        if (!values.containsKey("address")) {
            return Optional.empty();
        }
        // A line of several HDLC stations is one line, whatever carries it.
        boolean hdlc = "hdlc".equals(values.get("protocol"));
        Map<String, String> all = new LinkedHashMap<>(values);
        all.remove("protocol");
        all.putIfAbsent("inFlight", "1");
        if (hdlc) {
            all.putIfAbsent("shared", "true");
        }
        List<String> pairs = new ArrayList<>(List.of("name=" + name));
        all.forEach((k, v) -> pairs.add(k + "=" + v));
        return Optional.of(String.join(" ", pairs));
    }
}
