package org.telar.collector.integration.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tells whether a foreign file is complete: its size and time have not changed for a while. Ours are when they are
 * visible. Not thread-safe.
 */
public final class Stability {
    private final Duration needed;
    private final LongSupplier nanos;
    private final Map<Path, Seen> seen = new HashMap<>();

    private record Seen(long size, long modified, long since) {}

    /** @param nanos monotonic clock */
    public Stability(Duration needed, LongSupplier nanos) {
        this.needed = needed;
        this.nanos = nanos;
    }

    public boolean stable(Path file) {
        if (LegacyFolder.ours(file.getFileName().toString()) && !seen.containsKey(file)) {
            return true;
        }
        try {
            long size = Files.size(file);
            long modified = Files.getLastModifiedTime(file).toMillis();
            Seen before = seen.get(file);
            if (before == null || before.size != size || before.modified != modified) {
                seen.put(file, new Seen(size, modified, nanos.getAsLong()));
                return needed.isZero();
            }
            return nanos.getAsLong() - before.since >= needed.toNanos();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true; // let the attempt find out, and be retried
        }
    }

    /** The file changed under our eyes: watch it anew. */
    public void unsettle(Path file) {
        seen.put(file, new Seen(-1, -1, nanos.getAsLong()));
    }

    public void keepOnly(Set<Path> present) {
        seen.keySet().retainAll(present);
    }
}
