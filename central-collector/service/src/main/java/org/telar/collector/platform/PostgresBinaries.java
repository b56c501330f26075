package org.telar.collector.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.telar.collector.RefusedException;
import org.tukaani.xz.XZInputStream;

/** The server's programs, unpacked once from the class path. A half unpacked folder is never used. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Unpacks when needed.
     *
     * @param software folder to unpack into
     * @return the folder that holds {@code bin/postgres}
     */
    static Path unpack(Path software) {
        String archive = archive();
        Path home = software.resolve(archive.replace(".txz", ""));
        if (Files.isExecutable(home.resolve("bin/postgres"))) {
            return home;
        }
        Path temp = software.resolve(archive + "." + ProcessHandle.current().pid());
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (in == null) {
                throw new RefusedException("no embedded PostgreSQL for this processor (" + archive
                        + "); set telar.database.url to a server of yours.");
            }
            DataFolder.directory(software);
            delete(temp);
            Files.createDirectories(temp);
            extract(in, temp);
            try {
                Files.move(temp, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException raced) {
                delete(temp);
                if (!Files.isExecutable(home.resolve("bin/postgres"))) {
                    throw raced;
                }
            }
            return home;
        } catch (IOException e) {
            throw new RefusedException(
                    "the embedded PostgreSQL cannot be unpacked into " + software + ": " + e + ".", e);
        }
    }

    private static String archive() {
        String arch = System.getProperty("os.arch");
        return switch (arch) {
            case "amd64", "x86_64" -> "postgres-linux-x86_64.txz";
            case "aarch64" -> "postgres-linux-arm_64.txz";
            default -> "postgres-linux-" + arch + ".txz";
        };
    }

    private static void extract(InputStream in, Path into) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
                Path target = into.resolve(e.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("entry outside its folder: " + e.getName());
                }
                if (e.isDirectory()) {
                    Files.createDirectories(target);
                } else if (e.isSymbolicLink()) {
                    Files.createDirectories(target.getParent());
                    Files.createSymbolicLink(target, Path.of(e.getLinkName()));
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                    boolean program = (e.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(tree)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path p : all) {
            Files.deleteIfExists(p);
        }
    }
}
