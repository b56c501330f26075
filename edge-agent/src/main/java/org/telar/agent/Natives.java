package org.telar.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Where the bundles keep the native libraries of each architecture; every library has names of its own for them. */
final class Natives {
    /** Java's, SQLite's and jSerialComm's name of an architecture. */
    record Names(String java, String sqlite, String serial) {}

    private static final Map<String, Names> ARCHITECTURES = Map.of(
            "x86_64", new Names("amd64", "x86_64", "x86_64"),
            "aarch64", new Names("aarch64", "aarch64", "armv8_64"),
            "armv7", new Names("arm", "armv7", "armv7hf"));

    private Natives() {}

    /** @return the libraries that no bundle of the folder holds for the architecture ({@code any}: for all) */
    static List<String> missing(Path bundles, String architecture) throws IOException {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Names> e : ARCHITECTURES.entrySet()) {
            if (architecture.equals("any") || architecture.equals(e.getKey())) {
                Names names = e.getValue();
                for (String entry : List.of(sqlite(names), serial(names))) {
                    if (!held(bundles, entry)) {
                        missing.add(entry);
                    }
                }
            }
        }
        return missing;
    }

    /** Whether a machine of Java's architecture {@code os.arch} is of the profile's. */
    static boolean fits(String architecture, String osArch) {
        return architecture.equals("any")
                || ARCHITECTURES.containsKey(architecture)
                        && ARCHITECTURES.get(architecture).java().equals(osArch);
    }

    private static String sqlite(Names names) {
        return "org/sqlite/native/Linux/" + names.sqlite() + "/libsqlitejdbc.so";
    }

    private static String serial(Names names) {
        return "Linux/" + names.serial() + "/libjSerialComm.so";
    }

    private static boolean held(Path bundles, String entry) throws IOException {
        try (Stream<Path> jars = Files.list(bundles)) {
            for (Path jar : jars.filter(j -> j.toString().endsWith(".jar")).toList()) {
                try (ZipFile zip = new ZipFile(jar.toFile())) {
                    if (zip.getEntry(entry) != null) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
