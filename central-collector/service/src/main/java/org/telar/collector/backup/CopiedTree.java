package org.telar.collector.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Copies files and hashes them on the way; folders 0700, files 0600 (S49). Not thread-safe. */
final class CopiedTree {
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path root;
    private final List<Manifest.FileEntry> files = new ArrayList<>();

    CopiedTree(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root, FOLDER);
    }

    List<Manifest.FileEntry> files() {
        return files;
    }

    long bytes() {
        return files.stream().mapToLong(Manifest.FileEntry::size).sum();
    }

    /**
     * Copies a tree; a file that goes away meanwhile is left out, as the server's backup allows.
     *
     * @param leftOut paths relative to {@code from}: neither they nor what is in them; a folder itself is made
     */
    void tree(Path from, String into, Predicate<Path> leftOut) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) throws IOException {
                Path relative = from.relativize(dir);
                Files.createDirectories(root.resolve(into).resolve(relative), FOLDER);
                return leftOut.test(relative) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Path relative = from.relativize(file);
                if (!leftOut.test(relative)) {
                    try {
                        file(file, into + "/" + relative);
                    } catch (NoSuchFileException gone) {
                        Files.deleteIfExists(root.resolve(into).resolve(relative));
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    void file(Path from, String name) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            write(name, in);
        }
    }

    void text(String name, String content) throws IOException {
        write(name, new java.io.ByteArrayInputStream(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private void write(String name, InputStream in) throws IOException {
        Path to = root.resolve(name);
        Files.createDirectories(to.getParent(), FOLDER);
        Files.deleteIfExists(to);
        Files.createFile(to, FILE);
        MessageDigest digest = sha256();
        long size;
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
            size = in.transferTo(out);
        }
        files.add(new Manifest.FileEntry(name, size, HexFormat.of().formatHex(digest.digest())));
    }

    /** Makes sure of all that was copied: one call for the file system, where one a file would take minutes. */
    void sync() throws IOException {
        try {
            Process p = new ProcessBuilder("sync", "-f", root.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!p.waitFor(10, TimeUnit.MINUTES) || p.exitValue() != 0) {
                p.destroyForcibly();
                throw new IOException("sync -f " + root + " did not succeed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + root + " was synced");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
