package org.telar.collector.integration.requests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.Stability;

/**
 * Requests from a folder: {@code in} is watched, replies and answers appear in {@code out}, whole or not at all, and a
 * request that was served moves to {@code done}. A crash in between serves it again, with the same reply in the same
 * file. One thread uses it.
 */
public final class FolderRequests {
    private static final int AT_ONCE = 100;

    private final Path root;
    private final RequestDesk desk;
    private final Stability stability;
    private final long maximumBytes;

    /** @param nanos monotonic clock */
    public FolderRequests(Path root, RequestDesk desk, long maximumBytes, Duration stableFor, LongSupplier nanos)
            throws IOException {
        this.root = root;
        this.desk = desk;
        this.maximumBytes = maximumBytes;
        this.stability = new Stability(stableFor, nanos);
        for (Path folder : List.of(in(), done(), out())) {
            Files.createDirectories(folder);
        }
    }

    public Path in() {
        return root.resolve("in");
    }

    public Path done() {
        return root.resolve("done");
    }

    public Path out() {
        return root.resolve("out");
    }

    /** One look at the folder. @return requests served */
    public int scan() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(in())) {
            files = all.filter(FolderRequests::candidate)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(AT_ONCE)
                    .toList();
        }
        stability.keepOnly(new HashSet<>(files));
        int served = 0;
        for (Path file : files) {
            if (stability.stable(file)) {
                served += serve(file) ? 1 : 0;
            }
        }
        return served;
    }

    private static boolean candidate(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.endsWith(".tmp") && !name.endsWith(".part") && name.length() <= 200;
    }

    private boolean serve(Path file) throws IOException {
        byte[] body;
        try {
            // What is too large is refused as an empty request: the reply says so, the file stays in done.
            body = Files.size(file) > maximumBytes ? new byte[0] : Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return false; // another instance was quicker
        }
        RequestDesk.Immediate reply = desk.take(body, Channel.FOLDER);
        String name = file.getFileName().toString();
        LegacyFolder.write(
                out().resolve("reply-" + (name.endsWith(".xml") ? name : name + ".xml")),
                o -> o.write(reply.body()),
                Arrows.QUIET);
        try {
            LegacyFolder.move(file, done().resolve(name));
        } catch (NoSuchFileException e) {
            return false;
        }
        return true;
    }

    /** Deletes what was served longer ago, and answers that nobody took. */
    public void forget(Duration age, java.time.Instant now) throws IOException {
        for (Path folder : List.of(done(), out())) {
            List<Path> files;
            try (Stream<Path> all = Files.list(folder)) {
                files = all.filter(Files::isRegularFile).toList();
            }
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(age))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
