package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Where the built artefacts of a work tree are.
 *
 * @param home root of the repository
 */
public record Installation(Path home) {
    /** System property that names the root of the repository. */
    public static final String HOME_PROPERTY = "telar.home";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** By the system property, or the nearest folder upwards that holds the {@code telar} script. */
    public static Installation find() throws HarnessException {
        String given = System.getProperty(HOME_PROPERTY, "");
        Path start = Path.of(given.isBlank() ? "" : given).toAbsolutePath().normalize();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve("telar")) && Files.isDirectory(folder.resolve("edge-agent"))) {
                return new Installation(folder);
            }
        }
        throw new HarnessException(
                HarnessException.PRECONDITION,
                "No Telar repository at " + start + " or above it; set -D" + HOME_PROPERTY + "=DIR");
    }

    public Path simulatorJar() throws HarnessException {
        return only(home.resolve("testing/meter-simulator/target"), "-all.jar");
    }

    public Path agentJar() throws HarnessException {
        return require(home.resolve("edge-agent/target/agent/telar-agent.jar"));
    }

    public Path collectorJar() throws HarnessException {
        return require(home.resolve("central-collector/service/target/telar-collector.jar"));
    }

    /** A gateway type of {@code hardware-profiles/}. */
    public Path hardwareProfile(String name) throws HarnessException {
        return require(home.resolve("hardware-profiles").resolve(name));
    }

    /** The JVM flags a hardware profile asks for ({@code jvm.flags}). */
    public List<String> jvmFlags(Path profile) throws HarnessException {
        Path file = profile.resolve("profile.json");
        try {
            List<String> flags = new ArrayList<>();
            JsonNode listed = JSON.readTree(file.toFile()).path("jvm").path("flags");
            listed.forEach(flag -> flags.add(flag.asText()));
            return flags;
        } catch (IOException e) {
            throw new HarnessException(HarnessException.PRECONDITION, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The Java of this process. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Path only(Path folder, String ending) throws HarnessException {
        try (var files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.getFileName().toString().endsWith(ending))
                    .toList();
            if (found.size() == 1) {
                return found.get(0);
            }
        } catch (IOException absent) {
            // Told below: not built.
        }
        throw missing(folder.resolve("*" + ending));
    }

    private static Path require(Path path) throws HarnessException {
        if (!Files.exists(path)) {
            throw missing(path);
        }
        return path;
    }

    private static HarnessException missing(Path path) {
        return new HarnessException(HarnessException.PRECONDITION, path + " is not there: build first (./telar build)");
    }
}
