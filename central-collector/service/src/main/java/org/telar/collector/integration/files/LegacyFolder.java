package org.telar.collector.integration.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.collector.integration.Arrows;

/** The folders of the Legacy flow and how files move between them: always whole, always synced. Thread-safe. */
public final class LegacyFolder {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern OURS = Pattern.compile("\\d{8}T\\d{6}Z-[A-Z_]+-([0-9a-f]{16})\\.xml");
    private static final int PREFIX = 16;

    private final Path root;

    /** @param root created with its sub-folders when absent */
    public LegacyFolder(Path root) {
        this.root = root;
        try {
            for (Path folder : new Path[] {inbox(), archive(), quarantine(), retry()}) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + root + " cannot be made", e);
        }
    }

    /** Where files wait for the integrator. Other systems may put theirs here too. */
    public Path inbox() {
        return root.resolve("inbox");
    }

    /** Files that are done with, compressed, by day. */
    public Path archive() {
        return root.resolve("archive");
    }

    /** Files that a person must look at. */
    public Path quarantine() {
        return root.resolve("quarantine");
    }

    /** When a failed file is due again: the memory that holds while the database is down. */
    public Path retry() {
        return root.resolve("retry");
    }

    /** {@code <time>-<type>-<first 16 digits of the SHA-256>.xml}: the same message always has the same name. */
    public static String name(Instant created, String type, String sha256) {
        return TIME.format(created) + "-" + type + "-" + sha256.substring(0, PREFIX) + ".xml";
    }

    /** True when a file of ours has the content that its name says; a foreign name says nothing. */
    public static boolean nameFits(String name, String sha256) {
        Matcher ours = OURS.matcher(name);
        return !ours.matches() || sha256.startsWith(ours.group(1));
    }

    /** True for a name that only the atomic writer gives: such a file is complete when it is visible. */
    public static boolean ours(String name) {
        return OURS.matcher(name).matches();
    }

    /** Writes the content of a temporary file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(java.io.OutputStream out) throws IOException;
    }

    /** The temporary file beside a target; hidden, so that no integrator looks at it. */
    static Path temporary(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".tmp");
    }

    /**
     * Makes a file appear at once and whole: temporary file, fsync, rename, fsync of the folder. A file of that name is
     * replaced.
     *
     * @throws IOException when it cannot be written; nothing but perhaps a temporary file is left then
     */
    public static void write(Path target, Content content, Arrows arrows) throws IOException {
        Path temporary = temporary(target);
        try {
            try (java.io.OutputStream out =
                    new java.io.BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
                content.writeTo(out);
            }
            sync(temporary, StandardOpenOption.WRITE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        arrows.passed(Arrows.Arrow.FILE_SYNCED);
        rename(temporary, target);
        arrows.passed(Arrows.Arrow.FILE_RENAMED);
    }

    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(to.getParent(), StandardOpenOption.READ);
    }

    /** Moves a file to another folder of ours, for good. */
    public static void move(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        rename(from, to);
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }
}
