package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;

/** What ails the disk, told once when it begins and once when it is over. Used by the writer; the code by any thread. */
final class DiskTrouble {
    private final Path directory;
    private final EventSink events;
    private volatile String code = "";

    DiskTrouble(Path directory, EventSink events) {
        this.directory = directory;
        this.events = events;
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
            events.event("STORE_RECOVERED", Severity.INFO, "The store works again after " + was + ".", Map.of());
        }
    }
}
