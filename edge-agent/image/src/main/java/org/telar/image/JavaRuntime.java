package org.telar.image;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The Java runtime of the image: jlink with the modules that the agent uses, and nothing else. */
final class JavaRuntime {
    /** What the bundles import (jdeps), and by name: EC for TLS, and the default random generator. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.prefs",
            "java.sql",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.random",
            "jdk.unsupported");

    private static final Pattern PLATFORM = Pattern.compile("platform linux-(\\S+)");
    private static final Pattern GLIBC = Pattern.compile("GLIBC_2\\.(\\d{1,3})\\x00");

    private JavaRuntime() {}

    /**
     * Where the modules of the target are.
     *
     * @param given by the user, for a machine that is not this one
     * @throws ImageException saying what to fetch when this machine cannot make it alone
     */
    static Path jmods(Architecture target, String profile, Optional<Path> given) throws ImageException {
        Path own = Path.of(System.getProperty("java.home"), "jmods");
        if (given.isEmpty() && target == Architecture.here()) {
            if (Files.exists(own.resolve("java.base.jmod"))) {
                return own;
            }
            throw new ImageException(
                    ImageException.MISSING,
                    "This JDK has no jmods (" + own
                            + "): jlink needs them. Install a whole JDK 17 or give --jmods DIR.",
                    "Este JDK no tiene jmods (" + own
                            + "): jlink los necesita. Instale un JDK 17 completo o indique --jmods CARPETA.");
        }
        String version = System.getProperty("java.version");
        if (given.isEmpty()) {
            throw new ImageException(
                    ImageException.MISSING,
                    "The profile " + profile + " is for " + target.profile + " and this machine is "
                            + Architecture.here().profile + ": jlink needs the jmods of a JDK " + version
                            + " for Linux "
                            + target.profile + ". Unpack one (Debian: openjdk-17-jdk-headless:" + target.debian
                            + ", folder usr/lib/jvm/java-17-openjdk-" + target.debian + "/jmods) and give --jmods DIR.",
                    "El perfil " + profile + " es para " + target.profile + " y esta máquina es "
                            + Architecture.here().profile + ": jlink necesita los jmods de un JDK " + version
                            + " para Linux " + target.profile + ". Desempaquete uno (Debian: openjdk-17-jdk-headless:"
                            + target.debian + ", carpeta usr/lib/jvm/java-17-openjdk-" + target.debian
                            + "/jmods) e indique --jmods CARPETA.");
        }
        String found = platform(given.get());
        if (Architecture.ofJava(found) != target) {
            throw new ImageException(
                    ImageException.MISSING,
                    given.get() + " holds the modules of linux-" + found + ", and the profile " + profile + " is for "
                            + target.profile + ".",
                    given.get() + " tiene los módulos de linux-" + found + " y el perfil " + profile + " es para "
                            + target.profile + ".");
        }
        return given.get();
    }

    private static String platform(Path jmods) throws ImageException {
        Path base = jmods.resolve("java.base.jmod");
        if (!Files.isRegularFile(base)) {
            throw new ImageException(
                    ImageException.MISSING,
                    jmods + " has no java.base.jmod: the folder jmods of a JDK is expected.",
                    jmods + " no tiene java.base.jmod: se espera la carpeta jmods de un JDK.");
        }
        StringWriter out = new StringWriter();
        PrintWriter print = new PrintWriter(out);
        ToolProvider.findFirst("jmod").orElseThrow().run(print, print, "describe", base.toString());
        Matcher m = PLATFORM.matcher(out.toString());
        if (!m.find()) {
            throw new ImageException(
                    ImageException.MISSING,
                    base + " does not say for which platform it is; a JDK 17 for Linux is expected.",
                    base + " no dice para qué plataforma es; se espera un JDK 17 para Linux.");
        }
        return m.group(1);
    }

    /** Makes the runtime in {@code into}, which is not there yet. */
    static void link(Path jmods, Path into, Path log) throws IOException, InterruptedException, ImageException {
        List<String> command = new ArrayList<>(List.of(Tool.jdk("jlink").toString()));
        command.addAll(List.of("--module-path", jmods.toString(), "--add-modules", String.join(",", MODULES)));
        command.addAll(List.of("--strip-debug", "--no-header-files", "--no-man-pages", "--compress=2"));
        command.addAll(List.of("--output", into.toString()));
        Tool.run(command, log, Duration.ofMinutes(5));
        Files.deleteIfExists(into.resolve("bin/keytool"));
        Files.deleteIfExists(into.resolve("lib/classlist"));
        Files.deleteIfExists(into.resolve("lib/jexec"));
        Files.deleteIfExists(into.resolve("lib/jrt-fs.jar"));
        try (Stream<Path> legal = Files.walk(into.resolve("legal"))) {
            // Kept as files: a link into another module's folder would not survive every packer.
            for (Path link : legal.filter(Files::isSymbolicLink).toList()) {
                Path real = link.toRealPath();
                Files.delete(link);
                Files.copy(real, link);
            }
        }
    }

    /** The oldest C library that the runtime starts with, for the package's dependencies. */
    static String glibc(Path runtime) throws IOException {
        String text = Files.readString(runtime.resolve("lib/server/libjvm.so"), StandardCharsets.ISO_8859_1);
        Matcher m = GLIBC.matcher(text);
        int newest = 17;
        while (m.find()) {
            newest = Math.max(newest, Integer.parseInt(m.group(1)));
        }
        return "2." + newest;
    }
}
