package org.telar.collector.integration.loader;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.files.LegacyFolder;

/**
 * When a failed file is due again, in a small file beside the inbox: it must hold while the database, where the journal
 * is, is the thing that failed. Shared by all integrators of a folder. Thread-safe.
 */
final class RetryMemory {
    private final Path folder;

    record Entry(int attempts, Instant next, String code, String reason) {}

    RetryMemory(Path folder) {
        this.folder = folder;
    }

    Optional<Entry> of(String file) {
        Properties p = new Properties();
        try (Reader in = Files.newBufferedReader(path(file))) {
            p.load(in);
            return Optional.of(new Entry(
                    Integer.parseInt(p.getProperty("attempts")),
                    Instant.parse(p.getProperty("next")),
                    p.getProperty("code", ""),
                    p.getProperty("reason", "")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty(); // damaged: the file is tried at once, which does no harm
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remember(String file, Entry entry) throws IOException {
        Properties p = new Properties();
        p.setProperty("attempts", Integer.toString(entry.attempts()));
        p.setProperty("next", entry.next().toString());
        p.setProperty("code", entry.code());
        p.setProperty("reason", entry.reason());
        LegacyFolder.write(
                path(file), out -> p.store(new OutputStreamWriter(out, StandardCharsets.UTF_8), null), Arrows.QUIET);
    }

    void forget(String file) throws IOException {
        Files.deleteIfExists(path(file));
    }

    private Path path(String file) {
        return folder.resolve(file + ".retry");
    }
}
