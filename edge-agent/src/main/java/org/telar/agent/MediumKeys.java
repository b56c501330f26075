package org.telar.agent;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A medium of a profile, with what the gateway's own configuration overrides. */
final class MediumKeys {
    private static final String[] KEYS = {
        "uri",
        "port",
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

    static final List<String> PROTOCOLS = List.of("wrapper", "hdlc", "iec62056-21");

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Takes what a section says over what was there before.
     *
     * @param ports of the hardware; a serial one gives the medium its address
     */
    MediumKeys with(Section s, Optional<Section> ports) throws ConfigException {
        s.allow(KEYS);
        Optional<String> port = s.textOr("port");
        if (port.isPresent()) {
            Optional<Section> known = ports.isPresent() ? ports.get().section(port.get()) : Optional.empty();
            if (known.isEmpty()) {
                throw s.bad(
                        "port",
                        "one of the profile's ports " + ports.map(Section::keys).orElse(Set.of()),
                        port.get());
            }
            if (HardwareProfile.isSerial(known.get())) {
                values.put("address", HardwareProfile.serialUri(known.get()));
            }
        }
        s.textOr("uri").ifPresent(v -> values.put("address", v));
        Optional<String> protocol = s.textOr("protocol");
        if (protocol.isPresent() && !PROTOCOLS.contains(protocol.get())) {
            throw s.bad("protocol", "one of " + PROTOCOLS, protocol.get());
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
                    Duration.parse(pause);
                } catch (DateTimeException e) {
                    throw s.bad("retries", "a list of durations such as PT30S", pause);
                }
            }
            values.put("retries", String.join(",", retries.get()));
        }
        return this;
    }

    /**
     * The line that the concentrator's configuration takes, or empty while the medium has no address.
     *
     * @param defaults of the hardware profile, by protocol
     */
    Optional<String> line(String name, Map<String, MediumKeys> defaults) {
        if (!values.containsKey("address")) {
            return Optional.empty();
        }
        String protocol = values.getOrDefault("protocol", "wrapper");
        Map<String, String> all = new LinkedHashMap<>();
        if (defaults.containsKey(protocol)) {
            all.putAll(defaults.get(protocol).values);
        }
        all.putAll(values);
        all.remove("protocol");
        all.putIfAbsent("inFlight", "1");
        // A line of several stations is one line, whatever carries it.
        all.putIfAbsent("shared", Boolean.toString(!protocol.equals("wrapper")));
        List<String> pairs = new ArrayList<>(List.of("name=" + name));
        all.forEach((k, v) -> pairs.add(k + "=" + v));
        return Optional.of(String.join(" ", pairs));
    }
}
