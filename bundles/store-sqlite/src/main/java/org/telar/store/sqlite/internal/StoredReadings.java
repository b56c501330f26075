package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.telar.api.model.MeterId;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.store.StoreException;

/**
 * A store's readings seen from another process, whether the agent runs or not: each call sees the last commit, nothing is
 * written. Not thread-safe.
 */
public final class StoredReadings implements AutoCloseable {
    private final AtomicLong damaged = new AtomicLong();
    private final Reader reader;

    /** What a meter has in a range. */
    public record OfMeter(List<ProfileBlock> profiles, List<RegisterSet> registers) {
        public boolean isEmpty() {
            return profiles.isEmpty() && registers.isEmpty();
        }
    }

    /**
     * @param directory of the store
     * @throws StoreException when no store is there
     */
    public StoredReadings(Path directory) throws StoreException {
        StoreSettings settings = StoreSettings.in(directory);
        Path file = directory.resolve("store.db");
        if (!Files.isRegularFile(file)) {
            throw new StoreException("there is no store: " + file + " is not there");
        }
        SqliteNative.prepare(settings.nativeDirectory());
        reader = new Reader(file, (block, what) -> damaged.incrementAndGet());
        reader.enable();
    }

    /** Every meter that was ever stored, by number. */
    public List<MeterId> meters() throws StoreException {
        return read(v -> v.readings().meters());
    }

    public OfMeter of(MeterId meter, TimeRange range) throws StoreException {
        return read(v -> new OfMeter(
                v.readings().profiles(meter, profile -> true, range),
                v.readings().registers(meter, range)));
    }

    /** Packed rows that were left out because their checksum was wrong. */
    public long damaged() {
        return damaged.get();
    }

    private <T> T read(Reader.Query<T> query) throws StoreException {
        try {
            return reader.read(query);
        } catch (SQLException e) {
            throw new StoreException("the store cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
