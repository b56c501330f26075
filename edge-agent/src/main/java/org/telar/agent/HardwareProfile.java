package org.telar.agent;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A hardware profile on disk: the schema first, then what a schema cannot say (names that must exist elsewhere, sums,
 * order of times). Tells every problem, not only the first.
 */
final class HardwareProfile {
    static final String FILE = "profile.json";

    private static final Set<String> SERIAL = Set.of("rs232", "rs485", "optical");
    private static final Pattern SIZE = Pattern.compile(
            "-X(X:MaxMetaspaceSize=|X:ReservedCodeCacheSize=" + "|X:MaxDirectMemorySize=|mx)(\\d+)([kKmMgG]?)");

    private final String file;
    private final Map<String, Object> root;
    private final List<Problem> problems = new ArrayList<>();

    private HardwareProfile(String file, Map<String, Object> root) {
        this.file = file;
        this.root = root;
    }

    /**
     * The profile of a folder.
     *
     * @throws ConfigException with every problem when it cannot be used
     */
    static Section load(Path folder) throws ConfigException {
        Path file = folder.resolve(FILE);
        Map<String, Object> root = Json.object(file.toString(), ConfigFiles.read(file));
        List<Problem> problems = check(file.toString(), root);
        if (!problems.isEmpty()) {
            throw new ConfigException(Problem.message(problems));
        }
        return new Section(file.toString(), "", root);
    }

    /** All problems of a profile that is JSON. */
    static List<Problem> check(String file, Map<String, Object> root) {
        List<Problem> shape = Schema.ofProfile().check(file, root);
        HardwareProfile profile = new HardwareProfile(file, root);
        profile.portsFit();
        profile.mediaFit();
        profile.networkFits();
        profile.memoryFits();
        profile.zoneFits();
        // A value of the wrong shape is told once, by the schema.
        Set<String> told = new HashSet<>();
        shape.forEach(p -> told.add(p.key()));
        List<Problem> all = new ArrayList<>(shape);
        profile.problems.stream().filter(p -> !told.contains(p.key())).forEach(all::add);
        return all;
    }

    /** The profile's name is that of its folder: the one is on the command line, the other in status and logs. */
    static List<Problem> named(String file, Map<String, Object> root, Path folder) {
        String expected = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        Object name = root.get("name");
        return name == null || name.equals(expected)
                ? List.of()
                : List.of(Problem.of(
                        file,
                        "name",
                        new Problem.Expected(
                                "the name of the folder, \"" + expected + "\",",
                                "el nombre de la carpeta, \"" + expected + "\""),
                        name));
    }

    /** Whether the bundles beside the launcher hold the native libraries of the profile's machine. */
    static List<Problem> natives(String file, Map<String, Object> root, Path bundles) {
        String architecture = String.valueOf(root.get("architecture"));
        List<Problem> problems = new ArrayList<>();
        try {
            for (String missing : Natives.missing(bundles, architecture)) {
                problems.add(Problem.of(
                        file,
                        "architecture",
                        new Problem.Expected(
                                "an architecture with native libraries", "una arquitectura con bibliotecas nativas"),
                        architecture + " (" + missing + ")"));
            }
        } catch (IOException e) {
            problems.add(new Problem(bundles.toString(), "", "cannot be read: " + e, "no se puede leer: " + e));
        }
        return problems;
    }

    private void portsFit() {
        Map<String, Object> ports = Schema.object(root, "ports");
        for (String name : ports.keySet()) {
            Map<String, Object> port = Schema.object(ports, name);
            Object kind = port.get("kind");
            boolean network = kind instanceof String k && !SERIAL.contains(k);
            String needed = network ? "interface" : "device";
            if (kind instanceof String && !kind.equals("plc") && !kind.equals("radio") && !port.containsKey(needed)) {
                problems.add(Problem.missing(
                        file,
                        "ports." + name + "." + needed,
                        new Problem.Expected(
                                network ? "a network interface of Linux" : "a device such as /dev/ttyS1",
                                network ? "una interfaz de red de Linux" : "un dispositivo como /dev/ttyS1")));
            }
        }
        Map<String, Object> modems = Schema.object(root, "modems");
        for (String name : modems.keySet()) {
            refersToPort("modems." + name + ".port", Schema.object(modems, name).get("port"));
        }
    }

    private void mediaFit() {
        Map<String, Object> protocols = Schema.object(root, "protocols");
        protocols.keySet().forEach(name -> timesFit("protocols." + name, Schema.object(protocols, name)));
        Map<String, Object> media = Schema.object(root, "media");
        for (String name : media.keySet()) {
            Map<String, Object> medium = Schema.object(media, name);
            timesFit("media." + name, medium);
            if (medium.containsKey("port")) {
                refersToPort("media." + name + ".port", medium.get("port"));
            }
            if (!medium.containsKey("port") && !medium.containsKey("uri")) {
                problems.add(Problem.missing(
                        file,
                        "media." + name + ".port",
                        new Problem.Expected("a name of \"ports\", or \"uri\"", "un nombre de \"ports\", o \"uri\"")));
            }
        }
    }

    private void timesFit(String key, Map<String, Object> timing) {
        Duration last = Duration.ZERO;
        // In the order in which they must grow.
        for (String name : List.of("minTimeout", "firstTimeout", "maxTimeout")) {
            try {
                if (timing.get(name) instanceof String text) {
                    Duration time = Duration.parse(text);
                    if (time.compareTo(last) < 0 || time.isZero()) {
                        problems.add(Problem.of(
                                file,
                                key + "." + name,
                                new Problem.Expected(
                                        "minTimeout ≤ firstTimeout ≤ maxTimeout, above zero,",
                                        "minTimeout ≤ firstTimeout ≤ maxTimeout, mayor que cero"),
                                text));
                    }
                    last = time;
                }
            } catch (DateTimeException e) {
                // The schema tells it.
            }
        }
    }

    private void networkFits() {
        Map<String, Object> network = Schema.object(root, "network");
        for (String side : List.of("wan", "maintenance")) {
            List<?> names = Schema.list(network, side);
            for (int i = 0; i < names.size(); i++) {
                String key = "network." + side + "[" + i + "]";
                refersToPort(key, names.get(i));
                Object kind = Schema.object(Schema.object(root, "ports"), String.valueOf(names.get(i)))
                        .get("kind");
                if (kind != null && SERIAL.contains(String.valueOf(kind))) {
                    problems.add(Problem.of(
                            file, key, new Problem.Expected("a network port", "un puerto de red"), names.get(i)));
                }
                if (side.equals("maintenance") && Schema.list(network, "wan").contains(names.get(i))) {
                    problems.add(Problem.of(
                            file,
                            key,
                            new Problem.Expected(
                                    "a port that is not on the WAN side", "un puerto que no esté del lado WAN"),
                            names.get(i)));
                }
            }
        }
    }

    private void refersToPort(String key, Object name) {
        Map<String, Object> ports = Schema.object(root, "ports");
        if (name instanceof String && !ports.containsKey(name)) {
            problems.add(Problem.of(
                    file,
                    key,
                    new Problem.Expected("one of \"ports\" " + ports.keySet(), "uno de \"ports\" " + ports.keySet()),
                    name));
        }
    }

    /** Heap, metaspace, code and direct memory together leave a quarter of the limit to everything else. */
    private void memoryFits() {
        if (!(Schema.object(root, "limits").get("memoryMib") instanceof BigDecimal limit)) {
            return;
        }
        long sum = 0;
        for (Object flag : Schema.list(Schema.object(root, "jvm"), "flags")) {
            Matcher m = SIZE.matcher(String.valueOf(flag));
            if (m.matches() && m.group(2).length() < 10) {
                sum += bytes(Long.parseLong(m.group(2)), m.group(3));
            }
        }
        long mib = sum >> 20;
        if (mib * 4 > limit.longValue() * 3) {
            problems.add(Problem.of(
                    file,
                    "limits.memoryMib",
                    new Problem.Expected(
                            "at least " + (mib * 4 + 2) / 3 + " (jvm.flags may use " + mib + " MiB, three quarters)",
                            "al menos " + (mib * 4 + 2) / 3 + " (jvm.flags puede usar " + mib + " MiB, tres cuartos)"),
                    limit));
        }
    }

    private static long bytes(long number, String unit) {
        return switch (unit) {
            case "k", "K" -> number << 10;
            case "m", "M" -> number << 20;
            case "g", "G" -> number << 30;
            default -> number;
        };
    }

    private void zoneFits() {
        if (Schema.object(root, "concentrator").get("zone") instanceof String zone
                && !ZoneId.getAvailableZoneIds().contains(zone)) {
            problems.add(Problem.of(
                    file,
                    "concentrator.zone",
                    new Problem.Expected("a zone such as America/Santiago", "una zona como America/Santiago"),
                    zone));
        }
    }

    /** The address of a serial port, as {@code channel-serial} takes it. */
    static String serialUri(Section port) throws ConfigException {
        String address = "serial:" + port.text("device");
        List<String> query = new ArrayList<>();
        for (String key : List.of("baud", "data", "stop")) {
            port.number(key, 1, 4_000_000).ifPresent(n -> query.add(key + "=" + n));
        }
        port.textOr("parity").ifPresent(p -> query.add("parity=" + p));
        return query.isEmpty() ? address : address + "?" + String.join("&", query);
    }

    static boolean isSerial(Section port) throws ConfigException {
        return SERIAL.contains(port.text("kind"));
    }
}
