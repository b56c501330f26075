package org.telar.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Every gateway type of {@code hardware-profiles/}: well-formed, complete, and the agent starts with it. */
class HardwareProfilesTest {
    private static final Path ALL = Path.of("..", "hardware-profiles");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    static List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(ALL)) {
            return folders.filter(f -> Files.exists(f.resolve("profile.json")))
                    .map(f -> f.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    @DisplayName("R80 R81: the gateway types that the project promises are there")
    void promised() throws IOException {
        assertThat(names())
                .contains(
                        "x86-64-linux",
                        "aarch64-router",
                        "prime-concentrator",
                        "g3-wisun-border-router",
                        "armv7-gateway",
                        "simulated");
    }

    @ParameterizedTest(name = "R12: profile {0} has no problem, and natives for its architecture are in the bundles")
    @MethodSource("names")
    void valid(String name) throws IOException {
        assertThat(ProfileCheck.problems(ALL.resolve(name), TestAgent.home().resolve("bundles")))
                .isEmpty();
        assertThat(validator()
                        .validate(JSON.readTree(
                                ALL.resolve(name).resolve("profile.json").toFile())))
                .as("the same to a complete validator")
                .isEmpty();
    }

    @ParameterizedTest(name = "R82: the real agent starts with profile {0} and its JVM flags, media simulated")
    @MethodSource("names")
    void starts(String name) throws Exception {
        TestAgent agent = new TestAgent(folder, name);
        Section profile = HardwareProfile.load(ALL.resolve(name));
        agent.write("agent.json", simulated(profile));
        Process process = agent.startWith(
                profile.section("jvm").orElseThrow().texts("flags").orElseThrow());
        try {
            await().atMost(Duration.ofSeconds(45)).until(() -> agent.out().contains("READY") || !process.isAlive());
            assertThat(agent.out())
                    .as(agent.err())
                    .startsWith("READY {\"gateway\":\"gw-0001\",\"profile\":\"" + name + "\"");
        } finally {
            process.destroy();
            assertThat(process.waitFor(15, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** The medium of the test's meter, and every medium of the profile, lead to the loopback. */
    private static String simulated(Section profile) throws ConfigException {
        List<String> media = new ArrayList<>(List.of("plc"));
        profile.section("media")
                .ifPresent(m -> m.keys().stream().filter(n -> !n.equals("plc")).forEach(media::add));
        List<String> entries = media.stream()
                .map(m -> "\"" + m + "\": {\"uri\": \"tcp://127.0.0.1:9\"}")
                .toList();
        return TestAgent.agentJson()
                .replaceFirst("\"media\": \\{.*}", "\"media\": {" + String.join(", ", entries) + "}");
    }

    @Test
    @DisplayName(
            "Bad input: a medium on a port that is not there, times in the wrong order, a debugger: all told at once")
    void everyProblemIsTold() throws Exception {
        String broken = Files.readString(ALL.resolve("aarch64-router").resolve("profile.json"))
                .replaceFirst("\"port\": \"rs485\"", "\"port\": \"rs486\"")
                .replaceFirst("\"minTimeout\": \"PT2S\"", "\"minTimeout\": \"PT20S\"")
                .replaceFirst("-XX:-UsePerfData", "-agentlib:jdwp=transport=dt_socket")
                .replaceFirst("\"retentionDays\": 60", "\"retentionDays\": 0")
                .replaceFirst("\"maintenance\": \\[\"lan\"]", "\"maintenance\": [\"cellular\"]")
                .replaceFirst("\"memoryMib\": 192", "\"memoryMib\": 128");
        List<Problem> problems = problems("aarch64-router", broken);
        assertThat(problems)
                .extracting(p -> p.sentence(Locale.ENGLISH))
                .satisfiesExactlyInAnyOrder(
                        s -> assertThat(s)
                                .contains(
                                        "profile.json, key \"jvm.flags[10]\": a flag of the JVM",
                                        "no debugger expected, got -agentlib"),
                        s -> assertThat(s)
                                .endsWith("key \"store.retentionDays\": a whole number 1..3650 expected, got 0"),
                        s -> assertThat(s)
                                .endsWith(
                                        "key \"media.rs485.port\": one of \"ports\" [cellular, lan, rs485] expected, got rs486"),
                        s -> assertThat(s)
                                .contains("key \"protocols.wrapper.firstTimeout\": minTimeout ≤ firstTimeout"),
                        s -> assertThat(s)
                                .contains(
                                        "key \"network.maintenance[0]\": a port that is not on the WAN side expected, got cellular"),
                        s -> assertThat(s).contains("key \"limits.memoryMib\": at least 182"));
        assertThat(problems)
                .extracting(p -> p.sentence(Locale.forLanguageTag("es")))
                .anyMatch(s -> s.endsWith("clave \"store.retentionDays\": se espera un número entero 1..3650, hay 0"))
                .allMatch(s -> s.contains("se espera"));
    }

    @ParameterizedTest(name = "Bad input: {0} -> {1} is answered with {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"kind\": \"rs485\" | \"kind\": \"rs422\" | ports.rs485.kind\": one of rs232, rs485",
                "\"device\": \"/dev/ttyS1\" | \"device\": \"COM1\" | ports.rs485.device\": a device such as /dev/ttyS1 expected",
                "\"interface\": \"eth0\" | \"description\": \"x\" | ports.lan.interface\": a network interface of Linux expected, got nothing",
                "\"data\": \"/var/lib/telar\" | \"data\": \"/tmp/data\" | paths.data\": an absolute path that survives a reboot",
                "\"name\": \"aarch64-router\" | \"name\": \"other\" | name\": the name of the folder, \"aarch64-router\"",
                "\"architecture\": \"aarch64\" | \"architecture\": \"mips\" | architecture\": one of any, x86_64",
                "\"network\": | \"netwrok\": | netwrok\": is unknown; known here are",
                "\"health\" | \"helth\" | modems.lte.helth\": is unknown; known here are description, device, health",
                "\"baud\": 9600 | \"baud\": 9601 | ports.rs485.baud\": one of 300, 600"
            })
    void namedByKey(String from, String to, String expected) throws Exception {
        String text = Files.readString(ALL.resolve("aarch64-router").resolve("profile.json"));
        assertThat(text).contains(from);
        assertThat(problems("aarch64-router", text.replace(from, to)))
                .extracting(p -> p.sentence(Locale.ENGLISH))
                .anyMatch(s -> s.contains("profile.json, key \"" + expected));
    }

    @Test
    @DisplayName("Bad input: no folder, no JSON, a file without end: a sentence each, exit code 3, never a stack trace")
    void notAProfile() throws Exception {
        assertThat(problems("none", null)).singleElement().satisfies(p -> assertThat(p.sentence(Locale.ENGLISH))
                .contains("profile.json: there is no such file"));
        assertThat(problems("torn", "{\"name\": ")).singleElement().satisfies(p -> {
            assertThat(p.sentence(Locale.ENGLISH)).contains("profile.json, line 1, column 10: the file ends too early");
            assertThat(p.sentence(Locale.forLanguageTag("es")))
                    .endsWith("línea 1, columna 10: el archivo termina antes de tiempo");
        });
        assertThat(problems("big", "{\"name\": \"" + "x".repeat(2 << 20) + "\"}"))
                .singleElement()
                .satisfies(p -> assertThat(p.sentence(Locale.ENGLISH)).contains("at most 1048576 bytes"));
        assertThat(ProfileCheck.run(List.of(folder.resolve("torn").toString()), Locale.ENGLISH))
                .isEqualTo(3);
        assertThat(ProfileCheck.run(List.of(ALL.resolve("simulated").toString()), Locale.ENGLISH))
                .isZero();
        assertThat(ProfileCheck.run(List.of(), Locale.ENGLISH)).isEqualTo(2);
    }

    @Test
    @DisplayName("R12: a missing native library of an architecture is named")
    void missingNatives() throws Exception {
        Path bundles = Files.createDirectories(folder.resolve("bundles"));
        assertThat(Natives.missing(bundles, "armv7"))
                .containsExactly("org/sqlite/native/Linux/armv7/libsqlitejdbc.so", "Linux/armv7hf/libjSerialComm.so");
        assertThat(Natives.missing(TestAgent.home().resolve("bundles"), "any")).isEmpty();
    }

    @ParameterizedTest(
            name = "S44: the checker and a complete JSON schema validator agree on {0}, whatever is changed in it")
    @MethodSource("names")
    void agreesWithValidator(String name) throws Exception {
        String text = Files.readString(ALL.resolve(name).resolve("profile.json"));
        JsonSchema validator = validator();
        int refused = 0;
        List<Map<String, Object>> mutants = Mutants.of(Json.object("p", text));
        for (Map<String, Object> mutant : mutants) {
            boolean ours = Schema.ofProfile().check("p", mutant).isEmpty();
            JsonNode tree = JSON.valueToTree(mutant);
            boolean theirs = validator.validate(tree).isEmpty();
            assertThat(ours).as(tree.toString()).isEqualTo(theirs);
            refused += ours ? 0 : 1;
        }
        assertThat(refused).as("of %s", mutants.size()).isGreaterThan(100);
    }

    private static JsonSchema validator() throws IOException {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(Files.readString(ALL.resolve("profile.schema.json")));
    }

    private List<Problem> problems(String name, String text) throws IOException {
        Path profile = Files.createDirectories(folder.resolve(name));
        if (text != null) {
            Files.writeString(profile.resolve("profile.json"), text);
        }
        return ProfileCheck.problems(profile, TestAgent.home().resolve("bundles"));
    }

    /** One thing changed each: a key gone, a value of another type or out of range, a key too many. */
    private static final class Mutants {
        private static final List<Object> VALUES = List.of(
                "", "x", new java.math.BigDecimal(-1), new java.math.BigDecimal("1E9"), true, List.of(), Map.of());

        private final Map<String, Object> root;
        private final List<Map<String, Object>> all = new ArrayList<>();

        private Mutants(Map<String, Object> root) {
            this.root = root;
        }

        static List<Map<String, Object>> of(Map<String, Object> root) {
            Mutants mutants = new Mutants(root);
            mutants.walk(List.of(), root);
            return mutants.all;
        }

        private void walk(List<String> path, Map<String, Object> here) {
            all.add(changed(path, "unknown-key", "x"));
            for (String key : here.keySet()) {
                all.add(changed(path, key, null));
                VALUES.forEach(v -> all.add(changed(path, key, v)));
                if (here.get(key) instanceof Map<?, ?>) {
                    List<String> deeper = new ArrayList<>(path);
                    deeper.add(key);
                    walk(deeper, Schema.object(here, key));
                }
            }
        }

        private Map<String, Object> changed(List<String> path, String key, Object value) {
            Map<String, Object> copy = new LinkedHashMap<>(root);
            Map<String, Object> at = copy;
            for (String step : path) {
                Map<String, Object> inner = new LinkedHashMap<>(Schema.object(at, step));
                at.put(step, inner);
                at = inner;
            }
            if (value == null) {
                at.remove(key);
            } else {
                at.put(key, value);
            }
            return copy;
        }
    }
}
