package org.telar.image;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code telar image}: makes the standalone image of one hardware profile. stdout names what was made. */
public final class ImageCommand {
    private static final String USAGE_EN =
            "usage: telar image --profile NAME|DIR [--out DIR] [--jmods DIR] [--version V]";
    private static final String USAGE_ES =
            "uso: telar image --profile NOMBRE|CARPETA [--out CARPETA] [--jmods CARPETA] [--version V]";

    private final Path repository;
    private final Locale locale;
    private final PrintStream out;
    private final PrintStream err;

    ImageCommand(Path repository, Locale locale, PrintStream out, PrintStream err) {
        this.repository = repository;
        this.locale = locale;
        this.out = out;
        this.err = err;
    }

    /** Exit codes: 0, 1 unexpected, 2 usage, 3 the profile has problems, 6 something is missing on this machine. */
    public static void main(String[] args) {
        Path repository = Path.of(System.getProperty("telar.home", "")).toAbsolutePath();
        System.exit(new ImageCommand(repository, locale(), System.out, System.err).run(List.of(args)));
    }

    private static Locale locale() {
        for (String name : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
            String value = System.getenv(name);
            if (value != null && !value.isEmpty()) {
                return value.startsWith("es") ? Locale.forLanguageTag("es") : Locale.ENGLISH;
            }
        }
        return Locale.ENGLISH;
    }

    int run(List<String> args) {
        try {
            Made made = make(request(args));
            out.println(made.folder());
            out.println(made.deb());
            return 0;
        } catch (ImageException e) {
            err.println("telar image: " + e.sentence(locale));
            return e.code();
        } catch (IOException e) {
            err.println("telar image: " + e);
            return ImageException.UNEXPECTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }

    /**
     * What was made.
     *
     * @param folder to be copied to the device as it is
     * @param deb the same as a Debian package
     */
    record Made(Path folder, Path deb) {}

    private ImageRequest request(List<String> args) throws ImageException, IOException {
        Optional<String> profile = Optional.empty();
        Path target = repository.resolve(".telar/image");
        Optional<Path> jmods = Optional.empty();
        String version = "0.1.0";
        for (int i = 0; i < args.size(); i += 2) {
            if (i + 1 == args.size()
                    || !List.of("--profile", "--out", "--jmods", "--version").contains(args.get(i))) {
                throw new ImageException(ImageException.USAGE, USAGE_EN, USAGE_ES);
            }
            String value = args.get(i + 1);
            switch (args.get(i)) {
                case "--profile" -> profile = Optional.of(value);
                case "--out" -> target = Path.of(value).toAbsolutePath().normalize();
                case "--jmods" -> jmods = Optional.of(Path.of(value).toAbsolutePath());
                default -> version = value;
            }
        }
        if (profile.isEmpty() || !version.matches("[0-9][A-Za-z0-9.+~]{0,40}")) {
            throw new ImageException(ImageException.USAGE, USAGE_EN, USAGE_ES);
        }
        Path named = repository.resolve("hardware-profiles").resolve(profile.get());
        Path folder = Files.isDirectory(named) ? named : Path.of(profile.get()).toAbsolutePath();
        return new ImageRequest(repository.resolve("edge-agent/target/agent"), folder, target, jmods, version);
    }

    Made make(ImageRequest request) throws IOException, InterruptedException, ImageException {
        check(request);
        Architecture architecture =
                Architecture.of(request.json().path("architecture").asText());
        Path jmods = JavaRuntime.jmods(architecture, request.name(), request.jmods());
        Files.createDirectories(request.out());
        Path work = Files.createTempDirectory(request.out(), "work-");
        try {
            Path fresh = work.resolve("telar");
            new Image(request, fresh, work, this::say).make(architecture, jmods);
            say(new Step("Debian package", "paquete Debian"));
            Path deb = new DebPackage(request, fresh, work).make(architecture);
            Files.writeString(fresh.resolve("telar-agent.service"), SystemdUnit.of(request.json()));
            // Only a whole image takes the place of the one before.
            Path folder = request.out().resolve("telar-agent-" + request.name());
            remove(folder);
            Files.move(fresh, folder);
            return new Made(folder, deb);
        } finally {
            remove(work);
        }
    }

    private void check(ImageRequest request) throws IOException, InterruptedException, ImageException {
        Path jar = request.agent().resolve("telar-agent.jar");
        if (!Files.exists(jar)) {
            throw new ImageException(
                    ImageException.MISSING, jar + " is not there: build first.", jar + " no está: compile primero.");
        }
        Path log = Files.createTempFile("telar-profile", ".log");
        List<String> command = new ArrayList<>(List.of(Tool.jdk("java").toString(), "-Xmx64m"));
        command.addAll(List.of("-Dsun.stdout.encoding=UTF-8", "-Dsun.stderr.encoding=UTF-8", "-cp", jar.toString()));
        command.addAll(List.of("org.telar.agent.ProfileCheck", request.profile().toString()));
        try {
            Tool.run(command, log, Duration.ofSeconds(60));
        } catch (ImageException e) {
            String said = Files.readString(log).strip();
            throw new ImageException(ImageException.PROFILE, said, said);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private void say(Step step) {
        err.println("  " + step.sentence(locale));
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
