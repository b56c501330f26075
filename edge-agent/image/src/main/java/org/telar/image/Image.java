package org.telar.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The folder that becomes {@code /usr/lib/telar}: launcher, libraries, bundles without the natives of other machines, the
 * profile, a Java runtime, the class list, and the hashes of all that the launcher checks.
 */
final class Image {
    /** What the image adds to the profile's flags: the archive is mapped where it was made for, not relocated. */
    private static final List<String> FLAGS =
            List.of("-Xshare:auto", "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

    private final ImageRequest request;
    private final Path home;
    private final Path work;
    private final Consumer<Step> progress;

    /**
     * @param home is not there yet
     * @param work an empty folder for logs and the training run
     * @param progress told in both languages
     */
    Image(ImageRequest request, Path home, Path work, Consumer<Step> progress) {
        this.request = request;
        this.home = home;
        this.work = work;
        this.progress = progress;
    }

    void make(Architecture architecture, Path jmods) throws IOException, InterruptedException, ImageException {
        say("Java runtime for " + architecture.profile + " (jlink)", "entorno Java para " + architecture.profile);
        Files.createDirectories(home.resolve("bin"));
        JavaRuntime.link(jmods, home.resolve("runtime"), work.resolve("jlink.log"));
        say("agent, bundles, native libraries", "agente, bundles, bibliotecas nativas");
        copyAgent(architecture);
        script("telar-agent", "telar-agent.sh");
        script("telar-agent-archive", "telar-agent-archive.sh");
        JsonNode profile = request.json();
        List<String> flags = new ArrayList<>();
        profile.path("jvm").path("flags").forEach(f -> flags.add(f.asText()));
        flags.addAll(FLAGS);
        Files.write(home.resolve("jvm.options"), flags);
        say("training run: which classes the agent loads", "ejecución de ensayo: qué clases carga el agente");
        List<String> classes = new Training(home, Files.createDirectories(work.resolve("training"))).classes();
        boolean wide = architecture != Architecture.ARMV7;
        Files.write(home.resolve("classes.list"), wide ? classes : ClassList.withoutBundles(classes));
        hashes();
    }

    private void copyAgent(Architecture architecture) throws IOException, ImageException {
        Path agent = request.agent();
        Files.copy(agent.resolve("telar-agent.jar"), home.resolve("telar-agent.jar"));
        for (String folder : List.of("lib", "bundles")) {
            Files.createDirectories(home.resolve(folder));
            for (Path jar : files(agent.resolve(folder))) {
                copyJar(jar, home.resolve(folder).resolve(jar.getFileName()), architecture);
            }
        }
        Path natives = Files.createDirectories(home.resolve("native"));
        extract("org/sqlite/native/Linux/" + architecture.sqlite + "/libsqlitejdbc.so", natives);
        extract("Linux/" + architecture.serial + "/libjSerialComm.so", natives);
        Path profile = Files.createDirectories(home.resolve("profile"));
        Files.copy(request.profile().resolve("profile.json"), profile.resolve("profile.json"));
    }

    /** Leaves out the native libraries of other machines; all else stays, entry by entry. */
    private static void copyJar(Path from, Path to, Architecture architecture) throws IOException {
        try (ZipFile in = new ZipFile(from.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry e : in.stream().toList()) {
                boolean foreign = e.getName().endsWith(".so")
                        && !e.getName().contains("/" + architecture.sqlite + "/")
                        && !e.getName().contains("/" + architecture.serial + "/");
                if (!foreign) {
                    ZipEntry copy = new ZipEntry(e.getName());
                    copy.setLastModifiedTime(FileTime.fromMillis(e.getTime()));
                    copy.setTimeLocal(e.getTimeLocal());
                    out.putNextEntry(copy);
                    try (InputStream content = in.getInputStream(e)) {
                        content.transferTo(out);
                    }
                    out.closeEntry();
                }
            }
        }
    }

    private void extract(String entry, Path natives) throws IOException, ImageException {
        for (Path jar : files(home.resolve("bundles"))) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                ZipEntry e = zip.getEntry(entry);
                if (e != null) {
                    try (InputStream in = zip.getInputStream(e)) {
                        Files.copy(in, natives.resolve(Path.of(entry).getFileName()));
                    }
                    return;
                }
            }
        }
        throw new ImageException(
                ImageException.MISSING,
                "No bundle holds the native library " + entry + ".",
                "Ningún bundle tiene la biblioteca nativa " + entry + ".");
    }

    private void script(String name, String resource) throws IOException {
        Path file = home.resolve("bin").resolve(name);
        Files.writeString(file, Templates.text(resource));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void hashes() throws IOException {
        List<Path> listed = new ArrayList<>();
        for (String folder : List.of("bin", "bundles", "lib", "native", "profile")) {
            listed.addAll(files(home.resolve(folder)));
        }
        for (String file : List.of("classes.list", "jvm.options", "telar-agent.jar")) {
            listed.add(home.resolve(file));
        }
        List<String> lines = new ArrayList<>();
        for (Path file : listed) {
            lines.add(sha256(file) + "  " + home.relativize(file));
        }
        Files.write(home.resolve("hashes.sha256"), lines);
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void say(String english, String spanish) {
        progress.accept(new Step(english, spanish));
    }

    /** The profile as JSON. */
    static JsonNode json(Path profile) throws IOException {
        return new ObjectMapper().readTree(profile.resolve("profile.json").toFile());
    }
}
