package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A repeated invocation counter breaks GCM: no number is ever handed out twice (D8, S28). */
class CounterFileTest {
    private static final MeterId A = new MeterId("A");
    private static final MeterId B = new MeterId("B");

    @TempDir
    Path folder;

    @Test
    @DisplayName("D8 S28: over 200 kills at any moment no number repeats")
    void neverRepeats() throws IOException {
        Random dice = new Random(11);
        Set<Long> used = new HashSet<>();
        for (int kill = 0; kill < 200; kill++) {
            // A killed process leaves whatever was on disk; close() is never called.
            CounterFile counters = open();
            for (int i = dice.nextInt(5); i >= 0; i--) {
                int count = 1 + dice.nextInt(600);
                long first = counters.reserve(A, count);
                for (long n = first; n < first + count; n++) {
                    assertThat(used.add(n)).as("counter %d", n).isTrue();
                }
            }
        }
    }

    @Test
    @DisplayName("D8: a clean end loses no number, a kill at most a block")
    void continuesAfterRestart() throws IOException {
        CounterFile first = open();
        assertThat(first.reserve(A, 10)).isEqualTo(1);
        first.close();
        CounterFile second = open();
        assertThat(second.reserve(A, 1)).isEqualTo(11);
        assertThat(open().reserve(A, 1)).isBetween(12L, 12 + CounterFile.BLOCK);
    }

    @Test
    @DisplayName("D8: what a meter expects moves the counter forwards only, and survives a kill")
    void atLeast() throws IOException {
        CounterFile counters = open();
        counters.atLeast(A, 50_000);
        counters.atLeast(A, 10);
        assertThat(counters.reserve(A, 1)).isEqualTo(50_000);
        assertThat(counters.reserve(B, 1)).as("another meter's own").isEqualTo(1);
        assertThat(open().reserve(A, 1)).isGreaterThan(50_000);
    }

    @Test
    @DisplayName("F10 D8: a damaged file is answered by its twin and a jump ahead of anything used")
    void damaged() throws IOException {
        long last = open().reserve(A, 100) + 99;
        damage(file());
        assertThat(open().reserve(A, 1)).isGreaterThan(last).isGreaterThanOrEqualTo(CounterFile.JUMP);
    }

    @Test
    @DisplayName("F10 D8: with both lost every counter starts far ahead, and the meters correct it")
    void bothLost() throws IOException {
        open().reserve(A, 100);
        damage(file());
        damage(folder.resolve("counters.copy"));
        assertThat(open().reserve(A, 1)).isEqualTo(CounterFile.JUMP);
    }

    @Test
    @DisplayName("F12 D8: an older file beside its newer twin does not turn the counter back")
    void olderFile() throws IOException {
        open().reserve(A, 1);
        Path old = folder.resolve("old");
        Files.copy(file(), old);
        long last = open().reserve(A, 10_000) + 9_999;
        Files.copy(old, file(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(open().reserve(A, 1)).isGreaterThan(last);
    }

    @Test
    @DisplayName("D8: nothing is handed out that is not on disk")
    void diskGone() throws IOException {
        CounterFile counters = open();
        counters.reserve(A, 1);
        // A folder in the way of the temporary file makes every write fail, for root too.
        Files.createDirectories(folder.resolve("counters.copy.tmp").resolve("in the way"));
        assertThatThrownBy(() -> counters.reserve(B, 1)).hasMessageContaining("none is handed out");
        assertThat(counters.reserve(A, 1)).as("the reserved block still serves").isEqualTo(2);
    }

    @Test
    @DisplayName("D8: a used-up counter asks for a new key instead of wrapping")
    void usedUp() throws IOException {
        CounterFile counters = open();
        counters.atLeast(A, CounterFile.MOST);
        assertThatThrownBy(() -> counters.reserve(A, 1)).hasMessageContaining("needs a new key");
        assertThatThrownBy(() -> counters.reserve(B, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private CounterFile open() throws IOException {
        return new CounterFile(file());
    }

    private Path file() {
        return folder.resolve("counters");
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 2] ^= 1;
        Files.write(file, bytes);
    }
}
