package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;

/**
 * What ails the disk, told once when it begins and once when it is over; trouble that comes and goes every few seconds,
 * as on a disk where small writes fit and large ones do not, is told at most twice a minute. Used by the writer; the code
 * by any thread.
 */
final class DiskTrouble {
    private static final long AGAIN = Duration.ofSeconds(30).toNanos();
    private static final long QUIET = Duration.ofSeconds(3).toNanos();

    private final Path directory;
    private final EventSink events;
    private final LongSupplier nanos;
    private volatile String code = "";
    private String told = "";
    private long toldAt;
    private long overAt;
    private boolean isTold;

    DiskTrouble(Path directory, EventSink events) {
        this(directory, events, System::nanoTime);
    }

    DiskTrouble(Path directory, EventSink events, LongSupplier nanos) {
        this.directory = directory;
        this.events = events;
        this.nanos = nanos;
    }

    /** Empty while there is none. */
    String code() {
        return code;
    }

    void found(SQLException e) {
        String now = Database.eventFor(e);
        if (!now.equals("STORE_FULL") && Files.isDirectory(directory) && !Files.isWritable(directory)) {
            now = "STORE_READONLY";
        }
        if (!now.equals(code)) {
            code = now;
            isTold = !now.equals(told) || nanos.getAsLong() - toldAt > AGAIN || nanos.getAsLong() - overAt > QUIET;
        } else {
            return;
        }
        if (isTold) {
            told = now;
            toldAt = nanos.getAsLong();
            events.event(
                    code,
                    Severity.CRITICAL,
                    "The store cannot write: " + e.getMessage()
                            + ". Readings stay in the meters; it is tried again with each poll.",
                    Map.of("code", String.valueOf(Database.code(e))));
        }
    }

    void over() {
        if (!code.isEmpty()) {
            String was = code;
            code = "";
            overAt = nanos.getAsLong();
            if (!isTold) {
                return;
            }
            events.event("STORE_RECOVERED", Severity.INFO, "The store works again after " + was + ".", Map.of());
        }
    }
}
