package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a store is told.
 *
 * @param directory folder of the database and of the files beside it; made when absent
 * @param nativeDirectory where the native library is put before it is loaded
 * @param retention how long acknowledged readings stay, by their interval's end
 * @param limitBytes size at which the store counts as full; at least 1 MiB
 * @param deadline longest wait of a caller for its commit
 * @param housekeeping pause between two rounds of housekeeping (monotonic)
 * @param freshFor how long a live entry goes before the backlog; later it is backlog itself
 */
public record StoreSettings(
        Path directory,
        Path nativeDirectory,
        Duration retention,
        long limitBytes,
        Duration deadline,
        Duration housekeeping,
        Duration freshFor) {
    public static final Duration RETENTION = Duration.ofDays(60);
    public static final long LIMIT = 512L << 20;

    public StoreSettings {
        if (retention.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("retention is at least one day, got " + retention);
        }
        if (limitBytes < 1 << 20) {
            throw new IllegalArgumentException("the store's limit is at least 1 MiB, got " + limitBytes + " bytes");
        }
    }

    /** Defaults under a directory. */
    public static StoreSettings in(Path directory) {
        return new StoreSettings(
                directory,
                directory.resolve("lib"),
                RETENTION,
                LIMIT,
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofMinutes(1));
    }

    public StoreSettings withRetention(Duration other) {
        return new StoreSettings(directory, nativeDirectory, other, limitBytes, deadline, housekeeping, freshFor);
    }

    public StoreSettings withLimit(long bytes) {
        return new StoreSettings(directory, nativeDirectory, retention, bytes, deadline, housekeeping, freshFor);
    }

    public StoreSettings withNativeDirectory(Path other) {
        return new StoreSettings(directory, other, retention, limitBytes, deadline, housekeeping, freshFor);
    }

    public StoreSettings withFreshFor(Duration other) {
        return new StoreSettings(directory, nativeDirectory, retention, limitBytes, deadline, housekeeping, other);
    }

    public StoreSettings withDeadline(Duration other) {
        return new StoreSettings(directory, nativeDirectory, retention, limitBytes, other, housekeeping, freshFor);
    }
}
