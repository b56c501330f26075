package org.telar.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * The one movable time of simulator, agent and collector: an offset to real UTC in a file they all read (at most 200 ms
 * later). Timers and TLS are not touched by it.
 */
public final class ClockControl {
    /** Readers look at the file every 200 ms at the latest. */
    private static final Duration SEEN_BY_ALL = Duration.ofMillis(600);

    private final Path file;
    private volatile Duration offset = Duration.ZERO;

    /** @param file created with offset zero */
    public ClockControl(Path file) throws IOException {
        this.file = file;
        write(Duration.ZERO);
    }

    public Path file() {
        return file;
    }

    /**
     * Moves the time on (or back, when negative). Returns when every process has seen it: between two of them that have
     * not, an order would be late before it is sent.
     */
    public void advance(Duration by) throws IOException, InterruptedException {
        write(offset.plus(by));
        Thread.sleep(SEEN_BY_ALL.toMillis());
    }

    /** As {@link #advance}, without waiting until everyone has seen it. */
    public void shift(Duration by) throws IOException {
        write(offset.plus(by));
    }

    /** How far the time is from the real one. */
    public Duration offset() {
        return offset;
    }

    public Instant now() {
        return Instant.now().plus(offset);
    }

    /** This process's view of the moved time. */
    public Clock clock() {
        return Clock.offset(Clock.system(ZoneOffset.UTC), offset);
    }

    private void write(Duration next) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, next + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        offset = next;
    }
}
