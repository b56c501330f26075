package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;
import org.sqlite.util.OSInfo;

/**
 * Puts SQLite's native library into a folder of ours before the driver is first used. Left alone, the driver extracts a
 * copy into the temporary folder at every start, and a hard kill leaks it.
 */
final class SqliteNative {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteNative.class);
    private static final String THEIR_PATH = "org.sqlite.lib.path";
    private static final String FILE = "libsqlitejdbc.so";

    private static boolean prepared;

    private SqliteNative() {}

    /** Does nothing when the launcher has named a folder itself (system property {@value #THEIR_PATH}). */
    static synchronized void prepare(Path folder) {
        if (prepared || !System.getProperty(THEIR_PATH, "").isBlank()) {
            return;
        }
        try {
            System.setProperty(THEIR_PATH, extract(folder).getParent().toString());
        } catch (IOException e) {
            // The driver still finds its own way through the temporary folder, at the price of a leak.
            LOG.warn(
                    "SQLite's library could not be put into {}: {}; the temporary folder is used",
                    folder,
                    e.toString());
        }
        prepared = true;
    }

    /** Extracts when absent or different; returns the file. */
    static Path extract(Path folder) throws IOException {
        String resource = "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + FILE;
        try (InputStream in = SQLiteDataSource.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no SQLite library for this machine (" + resource + ")");
            }
            byte[] wanted = in.readAllBytes();
            Path file = Files.createDirectories(folder.toAbsolutePath()).resolve(FILE);
            if (!Files.exists(file) || !Arrays.equals(wanted, Files.readAllBytes(file))) {
                Path partial = Files.createTempFile(file.getParent(), FILE, ".part");
                Files.write(partial, wanted);
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        }
    }
}
