package org.telar.collector.integration.loader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.files.LegacyFolder;

/** Where files go when they are done with: compressed, a folder a day (UTC), kept for some months. Thread-safe. */
final class Archive {
    private final LegacyFolder folder;
    private final Clock clock;

    Archive(LegacyFolder folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Moves a file from the inbox into the archive; the original goes when the copy is safe. */
    void keep(Path file) throws IOException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        Path day = folder.archive().resolve(today.toString());
        Files.createDirectories(day);
        LegacyFolder.write(
                day.resolve(file.getFileName() + ".gz"),
                out -> {
                    GZIPOutputStream gzip = new GZIPOutputStream(out, 1 << 16);
                    Files.copy(file, gzip);
                    gzip.finish();
                },
                Arrows.QUIET);
        Files.deleteIfExists(file);
    }

    /** Puts a file where a person will look at it. */
    void quarantine(Path file) throws IOException {
        LegacyFolder.move(file, folder.quarantine().resolve(file.getFileName()));
    }

    /** Deletes the days that are older. */
    int forget(Duration age) throws IOException {
        LocalDate oldest = LocalDate.ofInstant(clock.instant().minus(age), ZoneOffset.UTC);
        List<Path> days;
        try (Stream<Path> all = Files.list(folder.archive())) {
            days = all.filter(d -> older(d, oldest)).toList();
        }
        for (Path day : days) {
            try (Stream<Path> files = Files.list(day)) {
                files.forEach(Archive::delete);
            }
            Files.deleteIfExists(day);
        }
        return days.size();
    }

    private static boolean older(Path day, LocalDate oldest) {
        try {
            return LocalDate.parse(day.getFileName().toString()).isBefore(oldest);
        } catch (DateTimeException e) {
            return false; // not ours
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
