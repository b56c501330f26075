package org.telar.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.vafer.jdeb.Console;
import org.vafer.jdeb.DataProducer;
import org.vafer.jdeb.DebMaker;
import org.vafer.jdeb.PackagingException;
import org.vafer.jdeb.mapping.Mapper;
import org.vafer.jdeb.mapping.PermMapper;
import org.vafer.jdeb.producers.DataProducerFile;

/** The Debian package around an image. Two packages of the same files are the same bytes. */
final class DebPackage {
    private static final String HOME = "usr/lib/telar/";
    private static final String DOC = "usr/share/doc/telar-agent/";
    /** Of all files: that of the build (project.build.outputTimestamp), so that bytes repeat. */
    private static final Instant TIME = Instant.parse("2026-11-01T00:00:00Z");

    private final ImageRequest request;
    private final Path home;
    private final Path work;
    private final List<DataProducer> producers = new ArrayList<>();

    DebPackage(ImageRequest request, Path home, Path work) {
        this.request = request;
        this.home = home;
        this.work = work;
    }

    /** @return the file */
    Path make(Architecture architecture) throws IOException, ImageException {
        JsonNode profile = request.json();
        Path files = Files.createDirectories(work.resolve("files"));
        Path control = Files.createDirectories(work.resolve("control"));
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                add(file, HOME + home.relativize(file), Files.isExecutable(file));
            }
        }
        add(files, "telar-agent.service", SystemdUnit.of(profile), "usr/lib/systemd/system/telar-agent.service");
        add(files, "telar-agent.default", Templates.text("telar-agent.default"), "etc/default/telar-agent");
        add(files, "agent.json", Templates.text("agent.json"), DOC + "examples/agent.json");
        add(files, "meters.csv", Templates.text("meters.csv"), DOC + "examples/meters.csv");
        add(files, "README.md", Templates.text("README.md"), DOC + "README.md");
        add(files, "copyright", Templates.text("copyright"), DOC + "copyright");
        control(control, profile, architecture);
        Path deb = request.out().resolve("telar-agent_" + request.version() + "_" + architecture.debian + ".deb");
        DebMaker maker = new DebMaker(new Silent(), producers, List.of());
        maker.setControl(control.toFile());
        maker.setDeb(deb.toFile());
        maker.setCompression("gzip");
        maker.setOutputTimestampMs(TIME.toEpochMilli());
        try {
            maker.validate();
            maker.makeDeb();
        } catch (PackagingException e) {
            throw new ImageException(
                    ImageException.UNEXPECTED,
                    "The package could not be made: " + e.getMessage(),
                    "No se pudo hacer el paquete: " + e.getMessage());
        }
        return deb;
    }

    private void control(Path folder, JsonNode profile, Architecture architecture) throws IOException, ImageException {
        String description = profile.path("description").asText();
        Files.writeString(folder.resolve("control"), """
                Package: telar-agent
                Version: %s
                Section: net
                Priority: optional
                Architecture: %s
                Depends: libc6 (>= %s), libgcc-s1, libstdc++6, passwd, sed, zlib1g
                Recommends: systemd
                Maintainer: Telar <telar@localhost>
                Description: Telar edge agent for %s
                 Reads the meters of one concentrator and sends their readings to the centre.
                 Hardware profile: %s
                """.formatted(
                        request.version(),
                        architecture.debian,
                        JavaRuntime.glibc(home.resolve("runtime")),
                        request.name(),
                        description));
        Files.writeString(folder.resolve("conffiles"), "/etc/default/telar-agent\n");
        Map<String, String> values = Map.of(
                "VERSION", request.version(),
                "PROFILE", request.name(),
                "ETC", profile.path("paths").path("configuration").asText(),
                "VAR", profile.path("paths").path("data").asText());
        for (String script : List.of("preinst", "postinst", "prerm", "postrm")) {
            Files.writeString(folder.resolve(script), Templates.fill(script, values));
        }
    }

    private void add(Path folder, String name, String text, String path) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        add(file, path, false);
    }

    private void add(Path file, String path, boolean executable) {
        Mapper[] mapper = {new PermMapper(0, 0, "root", "root", executable ? 0755 : 0644, 0755, 0, null)};
        producers.add(new DataProducerFile(file.toFile(), path, null, null, mapper));
    }

    /** jdeb's own words help nobody. */
    private static final class Silent implements Console {
        @Override
        public void debug(String message) {
            // Nobody listens.
        }

        @Override
        public void info(String message) {
            // Nobody listens.
        }

        @Override
        public void warn(String message) {
            // Nobody listens.
        }
    }
}
