package org.telar.collector.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a backup consists of; a folder without one is no backup.
 *
 * @param restorePoint name of the moment in the server's log that a restore goes back to, and the tables were read at
 * @param bytes of all files
 */
public record Manifest(
        int version,
        String id,
        Instant startedAt,
        Instant finishedAt,
        String server,
        String restorePoint,
        long bytes,
        List<FileEntry> files,
        List<TableHash> tables) {
    static final String FILE = "manifest.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    /** @param path relative to the backup's folder */
    public record FileEntry(String path, long size, String sha256) {}

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this));
    }

    /** @throws IOException when the folder holds none that can be read */
    public static Manifest read(Path folder) throws IOException {
        try {
            return JSON.readValue(Files.readString(folder.resolve(FILE)), Manifest.class);
        } catch (JacksonException e) {
            throw new IOException(folder.resolve(FILE) + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
