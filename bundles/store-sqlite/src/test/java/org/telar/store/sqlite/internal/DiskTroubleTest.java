package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DiskTroubleTest {
    private static final SQLException FULL = new SQLException("full", "", 13);

    @TempDir
    Path folder;

    private final List<String> events = new ArrayList<>();
    private long nanos;

    @Test
    @DisplayName("F8: on a full disk where small writes still fit, the trouble is told at most twice a minute")
    void noStorm() {
        DiskTrouble trouble =
                new DiskTrouble(folder, (code, severity, meter, text, detail) -> events.add(code), () -> nanos);
        for (int i = 0; i < 100; i++) {
            trouble.found(FULL);
            assertThat(trouble.code()).isEqualTo("STORE_FULL");
            trouble.over();
            assertThat(trouble.code()).isEmpty();
            nanos += Duration.ofMillis(50).toNanos();
        }
        assertThat(events).containsExactly("STORE_FULL", "STORE_RECOVERED");
        nanos += Duration.ofSeconds(4).toNanos();
        trouble.found(FULL);
        assertThat(events)
                .as("new trouble after a quiet time")
                .endsWith("STORE_FULL")
                .hasSize(3);
    }

    @Test
    @DisplayName("F7: another trouble is told at once")
    void another() {
        DiskTrouble trouble =
                new DiskTrouble(folder, (code, severity, meter, text, detail) -> events.add(code), () -> nanos);
        trouble.found(FULL);
        trouble.found(new SQLException("io", "", 10));
        trouble.over();
        assertThat(events).containsExactly("STORE_FULL", "STORE_IO_ERROR", "STORE_RECOVERED");
    }
}
