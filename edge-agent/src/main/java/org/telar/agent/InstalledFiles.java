package org.telar.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether the launcher, its libraries, the bundles, native libraries and the profile are what the package brought (S35).
 * {@value #LIST} has the form of {@code sha256sum}, so {@code sha256sum -c} tells the same.
 */
final class InstalledFiles {
    static final String LIST = "hashes.sha256";

    /** Folders in which a file that nobody listed is as wrong as a changed one. */
    private static final List<String> WHOLE = List.of("bundles", "lib", "native", "profile");

    private InstalledFiles() {}

    /** @throws AssemblyException naming every file that is missing, changed or too many */
    static void verify(Path home) throws AssemblyException {
        try {
            List<String> wrong = problems(home);
            if (!wrong.isEmpty()) {
                throw new AssemblyException(
                        home + " is not what was installed: " + String.join(", ", wrong)
                                + ". Install the package again",
                        null);
            }
        } catch (NoSuchFileException e) {
            throw new AssemblyException(e.getFile() + " is missing: the files cannot be verified", e);
        } catch (IOException e) {
            throw new AssemblyException("the installed files cannot be verified: " + e, e);
        }
    }

    private static List<String> problems(Path home) throws IOException {
        Map<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(home.resolve(LIST), StandardCharsets.UTF_8)) {
            if (!line.matches("[0-9a-f]{64}  [A-Za-z0-9._/-]+")) {
                throw new IOException(LIST + ": a line of sha256sum expected, got " + line);
            }
            listed.put(line.substring(66), line.substring(0, 64));
        }
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> e : listed.entrySet()) {
            Path file = home.resolve(e.getKey()).normalize();
            if (!file.startsWith(home) || !Files.isRegularFile(file)) {
                wrong.add(e.getKey() + " is missing");
            } else if (!hash(file).equals(e.getValue())) {
                wrong.add(e.getKey() + " has changed");
            }
        }
        for (String folder : WHOLE) {
            if (Files.isDirectory(home.resolve(folder))) {
                try (Stream<Path> files = Files.walk(home.resolve(folder))) {
                    files.filter(Files::isRegularFile)
                            .map(f -> home.relativize(f).toString())
                            .filter(f -> !listed.containsKey(f))
                            .sorted()
                            .forEach(f -> wrong.add(f + " does not belong there"));
                }
            }
        }
        return wrong;
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                // The stream counts.
            }
            return HexFormat.of()
                    .formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
