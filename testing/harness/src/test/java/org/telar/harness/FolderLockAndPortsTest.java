package org.telar.harness;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What keeps two demos apart, and what moves their time. */
class FolderLockAndPortsTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("a second start in a folder is a conflict in a sentence; after the first has ended it is free")
    void lock() throws Exception {
        try (FolderLock first = FolderLock.take(folder)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> FolderLock.take(folder))
                    .isInstanceOfSatisfying(HarnessException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(7))
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("--data");
        }
        FolderLock.take(folder).close();
    }

    @Test
    @DisplayName("a port in use is named, with the option that moves the block")
    void portInUse() throws Exception {
        Ports ports = Ports.freeBlock();
        ports.requireFree();
        try (ServerSocket taken = new ServerSocket(ports.mqtt(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(ports::requireFree)
                    .hasMessageContaining("port " + ports.mqtt())
                    .hasMessageContaining("--port-offset");
        }
    }

    @Test
    @DisplayName("the demo's clock moves by an offset that other processes read as one ISO-8601 duration")
    void clock() throws Exception {
        Path file = folder.resolve("clock.offset");
        ClockControl clock = new ClockControl(file);
        assertThat(file).hasContent("PT0S\n");
        clock.advance(Duration.ofDays(1));
        assertThat(file).hasContent("PT24H\n");
        assertThat(clock.now()).isAfter(Instant.now().plus(Duration.ofHours(23)));
    }
}
