package org.telar.harness;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Turns the simulator's fleet into what a gateway is given at its commissioning: {@code agent.json}, {@code meters.csv}
 * and {@code keys.csv} (0600); and into the list that is imported into the collector's registry.
 */
public final class GatewayFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    /** A TCP line of DLMS wrapper carries many meters at a time; a serial line carries one. */
    private static final int WRAPPER_IN_FLIGHT = 8;

    private GatewayFiles() {}

    /**
     * What the gateway is told.
     *
     * @param gateway its id
     * @param mqttPort port of the broker as the gateway sees it
     * @param backfillDays whole local days before its first start that it collects
     */
    public record Spec(String gateway, String mqttHost, int mqttPort, TestPki.Identity identity, int backfillDays) {}

    /**
     * Writes the three files into {@code folder}.
     *
     * @return path of {@code agent.json}
     */
    public static Path write(Path folder, Spec spec, Fleet fleet) throws IOException {
        Files.createDirectories(folder);
        Path table = folder.resolve("meters.csv");
        Path keys = folder.resolve("keys.csv");
        writeTable(table, fleet);
        writeKeys(keys, fleet);
        Path agent = folder.resolve("agent.json");
        JSON.writeValue(agent.toFile(), agent(spec, table, keys, fleet));
        return agent;
    }

    private static ObjectNode agent(Spec spec, Path table, Path keys, Fleet fleet) {
        ObjectNode agent = JSON.createObjectNode();
        agent.put("gateway", spec.gateway());
        agent.put("serial", Long.parseLong("0" + spec.gateway().replaceAll("[^0-9]", "")));
        agent.putObject("mqtt")
                .put("url", "ssl://" + spec.mqttHost() + ":" + spec.mqttPort())
                .put("keyStore", spec.identity().keyStore().toString())
                .put("trustStore", spec.identity().trustStore().toString())
                .put("passwordFile", spec.identity().passwordFile().toString());
        agent.put("meterTable", table.toString());
        agent.put("keys", keys.toString());
        agent.putObject("concentrator").put("backfillDays", spec.backfillDays());
        ObjectNode media = agent.putObject("media");
        lines(fleet).forEach((name, meter) -> {
            boolean wrapper = meter.medium().equals("wrapper");
            ObjectNode medium = media.putObject(name)
                    .put("uri", uri(meter.endpoint()))
                    .put("protocol", wrapper ? "wrapper" : "hdlc")
                    .put("inFlight", wrapper ? WRAPPER_IN_FLIGHT : 1)
                    .put("firstTimeout", "PT2S")
                    .put("minTimeout", "PT1S")
                    .put("maxTimeout", "PT10S");
            medium.putArray("retries").add("PT0S").add("PT2S");
        });
        return agent;
    }

    /** A device's path may hold a space; a URI may not. */
    private static String uri(String endpoint) {
        int colon = endpoint.indexOf(':');
        try {
            return endpoint.startsWith("serial:")
                    ? new URI("serial", endpoint.substring(colon + 1), null).toASCIIString()
                    : endpoint;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no endpoint of a line: " + endpoint, e);
        }
    }

    private static Map<String, Fleet.SimulatedMeter> lines(Fleet fleet) {
        Map<String, Fleet.SimulatedMeter> lines = new LinkedHashMap<>();
        fleet.meters().forEach(m -> lines.putIfAbsent(m.lineName(), m));
        return lines;
    }

    private static void writeTable(Path file, Fleet fleet) throws IOException {
        StringBuilder text = new StringBuilder(
                "meter,driver,model,identity,medium,address,client_sap,authentication," + "zone,state,parameters\n");
        for (Fleet.SimulatedMeter m : fleet.meters()) {
            text.append(String.join(
                            ",",
                            m.number(),
                            "dlms",
                            m.model(),
                            m.identity(),
                            m.lineName(),
                            m.address(),
                            m.clientSap(),
                            m.authentication(),
                            m.zone(),
                            "COMMISSIONED",
                            parameters(m)))
                    .append('\n');
        }
        Files.writeString(file, text);
    }

    /**
     * The agent learns by itself what a model stamps its rows with, but not in the first minutes of a quarter-hour: then
     * an interval's start looks like the end of the one before. The commissioning knows the rarer kind.
     */
    private static String parameters(Fleet.SimulatedMeter m) {
        return m.stamp().equals("start") ? "stamp=START" : "";
    }

    private static void writeKeys(Path file, Fleet fleet) throws IOException {
        StringBuilder text = new StringBuilder("meter,password,encryption_key,authentication_key\n");
        for (Fleet.SimulatedMeter m : fleet.meters()) {
            text.append(String.join(",", m.number(), m.password(), m.encryptionKey(), m.authenticationKey()))
                    .append('\n');
        }
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The meters as the collector's registry imports them. */
    public static String registryImport(String gateway, Fleet fleet) {
        StringBuilder text = new StringBuilder("meter,gateway,model,zone,state\n");
        for (Fleet.SimulatedMeter m : fleet.meters()) {
            text.append(String.join(",", m.number(), gateway, m.model(), m.zone(), "COMMISSIONED"))
                    .append('\n');
        }
        return text.toString();
    }
}
