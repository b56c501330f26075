package org.telar.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the components are told, made of the hardware profile and the gateway's own configuration.
 *
 * @param gateway id
 * @param components properties by PID
 */
record Configuration(String gateway, String profile, Map<String, Map<String, Object>> components) {
    static final String CONCENTRATOR = "org.telar.concentrator";
    static final String PLATFORM = "org.telar.platform.linux";
    static final String STORE = "org.telar.store.sqlite";
    static final String UPLINK = "org.telar.uplink.mqtt";

    private static final long MOST_SERIAL = (1L << 40) - 1;

    /**
     * Merges both; the gateway's configuration wins. Both fit their schemas by now ({@code hardware-profiles/}): that is
     * where a new key is added first.
     *
     * @param folder of the configuration file: relative paths count from it
     * @throws ConfigException with file, key and what was expected
     */
    static Configuration of(Section profile, Section agent, Path folder, Path data) throws ConfigException {
        Map<String, Map<String, Object>> components = new LinkedHashMap<>();
        String gateway = agent.text("gateway");
        if (!gateway.matches("[A-Za-z0-9._-]{1,64}")) {
            throw agent.bad("gateway", "1 to 64 of A-Z a-z 0-9 . _ -", gateway);
        }
        components.put(PLATFORM, platform(profile, agent, gateway, folder, data));
        components.put(STORE, properties("retentionDays", "limitMib").from(profile, agent, "store"));
        Map<String, Object> uplink = uplink(agent, folder);
        components.put(UPLINK, uplink);
        keysOfTheCentre(agent, uplink, components.get(PLATFORM));
        components.put(CONCENTRATOR, concentrator(profile, agent, folder));
        for (Section s : List.of(profile, agent)) {
            Optional<Section> extra = s.section("components");
            if (extra.isPresent()) {
                for (String pid : extra.get().keys()) {
                    Section own = extra.get().section(pid).orElseThrow();
                    Map<String, Object> into = components.computeIfAbsent(pid, p -> new LinkedHashMap<>());
                    for (String key : own.keys()) {
                        into.put(key, own.property(key));
                    }
                }
            }
        }
        return new Configuration(gateway, profile.text("name"), components);
    }

    private static Map<String, Object> platform(Section profile, Section agent, String gateway, Path folder, Path data)
            throws ConfigException {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("gateway.id", gateway);
        p.put("serial", agent.serial("serial", MOST_SERIAL));
        p.put("data.directory", data.toString());
        p.put(
                "keys.file",
                agent.file("keys", folder)
                        .orElseThrow(() -> agent.bad("keys", "a path", "nothing"))
                        .toString());
        agent.textOr("manufacturer").ifPresent(m -> p.put("manufacturer", m));
        Optional<Section> platform = profile.section("platform");
        if (platform.isPresent()) {
            Optional<String> source = platform.get().allow("timeSource").textOr("timeSource");
            if (source.isPresent() && !List.of("system", "collector").contains(source.get())) {
                throw platform.get().bad("timeSource", "system or collector", source.get());
            }
            source.ifPresent(s -> p.put("time.source", s));
        }
        network(profile, p);
        return p;
    }

    /** Which interfaces look to the WAN, which to the technician, and the modems, a line each. */
    private static void network(Section profile, Map<String, Object> p) throws ConfigException {
        Optional<Section> ports = profile.section("ports");
        Optional<Section> network = profile.section("network");
        if (ports.isEmpty() || network.isEmpty()) {
            return;
        }
        for (String side : List.of("wan", "maintenance")) {
            List<String> interfaces = new ArrayList<>();
            for (String port : network.get().texts(side).orElse(List.of())) {
                ports.get().section(port).orElseThrow().textOr("interface").ifPresent(interfaces::add);
            }
            p.put("network." + side, interfaces.toArray(new String[0]));
        }
        List<String> lines = new ArrayList<>();
        Optional<Section> modems = profile.section("modems");
        for (String name : modems.map(Section::keys).orElse(Set.of())) {
            Section modem = modems.get().section(name).orElseThrow();
            StringBuilder line = new StringBuilder("name=" + name);
            for (String key : List.of("kind", "health", "device")) {
                modem.textOr(key)
                        .ifPresent(v -> line.append(' ').append(key).append('=').append(v));
            }
            Section port = ports.get().section(modem.text("port")).orElseThrow();
            port.textOr("interface").ifPresent(v -> line.append(" interface=").append(v));
            lines.add(line.toString());
        }
        p.put("modems", lines.toArray(new String[0]));
    }

    /** The link's stores open what the centre seals; its certificate bears the host of the link unless told (D17). */
    private static void keysOfTheCentre(Section agent, Map<String, Object> uplink, Map<String, Object> platform)
            throws ConfigException {
        for (String key : List.of("key.store", "trust.store", "password.file")) {
            platform.put(key, uplink.get(key));
        }
        String host = uplink.get("url").toString().replaceAll("^\\w+://|:\\d+$", "");
        platform.put(
                "collector.name",
                agent.section("mqtt").orElseThrow().textOr("collectorName").orElse(host));
    }

    private static Map<String, Object> uplink(Section agent, Path folder) throws ConfigException {
        Section mqtt = agent.section("mqtt").orElseThrow(() -> agent.bad("mqtt", "an object { ... }", "nothing"));
        mqtt.allow("url", "keyStore", "trustStore", "passwordFile", "keepAliveSeconds", "collectorName");
        Map<String, Object> p = new LinkedHashMap<>();
        String url = mqtt.text("url");
        if (!url.matches("(ssl|mqtts|tls)://[^/:]+:\\d{1,5}")) {
            throw mqtt.bad("url", "ssl://host:port", url);
        }
        p.put("url", url);
        for (String[] key : new String[][] {
            {"keyStore", "key.store"}, {"trustStore", "trust.store"}, {"passwordFile", "password.file"}
        }) {
            Path path = mqtt.file(key[0], folder).orElseThrow(() -> mqtt.bad(key[0], "a path", "nothing"));
            p.put(key[1], path.toString());
        }
        mqtt.number("keepAliveSeconds", 10, 3600).ifPresent(n -> p.put("keep.alive.seconds", n));
        return p;
    }

    private static Map<String, Object> concentrator(Section profile, Section agent, Path folder)
            throws ConfigException {
        Map<String, Object> p = properties(
                        "backfillDays",
                        "retentionDays",
                        "slotsPerRead",
                        "runMinutes",
                        "probeMinutes",
                        "correctClocks",
                        "registers",
                        "instantRegisters",
                        "statusWords",
                        "eventLogs",
                        "zone",
                        "agenda")
                .from(profile, agent, "concentrator");
        p.put(
                "meter.table",
                agent.file("meterTable", folder)
                        .orElseThrow(() -> agent.bad("meterTable", "a path", "nothing"))
                        .toString());
        agent.number("backfillDays", 0, 366).ifPresent(days -> p.put("backfill.days", days));
        Map<String, MediumKeys> defaults = new LinkedHashMap<>();
        Optional<Section> protocols = profile.section("protocols");
        if (protocols.isPresent()) {
            protocols.get().allow(MediumKeys.PROTOCOLS.toArray(new String[0]));
            for (String name : protocols.get().keys()) {
                defaults.put(
                        name,
                        new MediumKeys().with(protocols.get().section(name).orElseThrow(), Optional.empty()));
            }
        }
        Map<String, MediumKeys> media = new LinkedHashMap<>();
        for (Section s : List.of(profile, agent)) {
            Optional<Section> section = s.section("media");
            if (section.isPresent()) {
                for (String name : section.get().keys()) {
                    if (!name.matches("[A-Za-z0-9._-]{1,32}")) {
                        throw section.get().bad(name, "a medium's name of 1 to 32 of A-Z a-z 0-9 . _ -", name);
                    }
                    Section medium = section.get().section(name).orElseThrow();
                    media.computeIfAbsent(name, n -> new MediumKeys()).with(medium, profile.section("ports"));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, MediumKeys> m : media.entrySet()) {
            m.getValue().line(m.getKey(), defaults).ifPresent(lines::add);
        }
        if (lines.isEmpty()) {
            throw agent.bad("media", "at least one medium with an uri", "none");
        }
        p.put("media", lines.toArray(new String[0]));
        return p;
    }

    private static Properties properties(String... keys) {
        return new Properties(keys);
    }

    /** Keys that pass to a component as they are, {@code camelCase} as {@code camel.case}. */
    private record Properties(String[] keys) {
        Map<String, Object> from(Section profile, Section agent, String name) throws ConfigException {
            Map<String, Object> properties = new LinkedHashMap<>();
            for (Section s : List.of(profile, agent)) {
                Optional<Section> section = s.section(name);
                if (section.isPresent()) {
                    section.get().allow(keys);
                    for (String key : section.get().keys()) {
                        String property = key.replaceAll("([A-Z])", ".$1").toLowerCase(java.util.Locale.ROOT);
                        properties.put(property, section.get().property(key));
                    }
                }
            }
            return properties;
        }
    }
}
