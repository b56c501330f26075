package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys, identity, clock trust and model memory of a Linux gateway. */
class PlatformTest {
    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    @TempDir
    Path folder;

    private TimeSynchronisation.State host = TimeSynchronisation.State.YES;
    private Instant civil = NOW;
    private long nanos = 1_000;

    @Test
    @DisplayName("S49: keys that group or others can read are refused, with the command that helps")
    void openKeysAreRefused() throws IOException {
        for (String rights : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
            Path file = keys("M1,," + KEY + "," + KEY, rights);
            assertThatThrownBy(() -> new KeysFile(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(rights)
                    .hasMessageContaining("chmod 600 " + file);
        }
        assertThatThrownBy(() -> new KeysFile(folder.resolve("none.csv")))
                .hasMessageContaining("there is no such file");
    }

    @Test
    @DisplayName("S40: a broken key line is named by line and column, never by what it holds")
    void brokenLines() throws IOException {
        String secret = "00ff00ff00ff00ff00ff00ff00ff00f";
        KeysFile file = new KeysFile(keys(
                "M1,3132," + KEY + ",\nM2,," + secret + ",\nM3,,zz" + secret + "0,\nM4,abcd\nM5,,0011,", "rw-------"));
        assertThat(file.keysOf(new MeterId("M1")).orElseThrow().password()).isEqualTo(new byte[] {0x31, 0x32});
        assertThat(file.keysOf(new MeterId("M2"))).isEmpty();
        assertThat(file.problems())
                .satisfiesExactly(
                        p -> assertThat(p).contains("line 3, column encryption_key: an even number of hex digits"),
                        p -> assertThat(p).contains("line 4, column encryption_key"),
                        p -> assertThat(p).contains("line 5, 4 columns expected, got 2"),
                        p -> assertThat(p).contains("line 6, column encryption_key: 32 hex digits"))
                .allSatisfy(p -> assertThat(p).doesNotContain("00ff"));
        assertThat(file.keysOf(new MeterId("M1")).orElseThrow().toString()).doesNotContain("3132", KEY);
    }

    @Test
    @DisplayName("Bad input: a file that is no key file is refused by its first line")
    void noKeyFile() throws IOException {
        Path file = folder.resolve("keys.csv");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "meter;key\n");
        assertThatThrownBy(() -> new KeysFile(file)).hasMessageContaining("line 1: header \"" + KeysFile.HEADER);
    }

    @Test
    @DisplayName("D8: the system title is manufacturer and serial, and the serial is all five bytes of it")
    void systemTitle() {
        assertThat(Identity.gateway("gw-0001", "TLR", 0x0102030405L, "/x").systemTitle())
                .isEqualTo(new byte[] {'T', 'L', 'R', 1, 2, 3, 4, 5});
        assertThatThrownBy(() -> Identity.gateway("gw", "TLR", 1L << 40, "/x")).hasMessageContaining("serial: 0..");
        assertThatThrownBy(() -> Identity.gateway("gw", "tlr", 1, "/x")).hasMessageContaining("manufacturer");
        assertThatThrownBy(() -> Identity.gateway("a b", "TLR", 1, "/x")).hasMessageContaining("gateway id");
    }

    @Test
    @DisplayName("D2: trusted while synchronised and within 5 s of the collector; each condition has its reason")
    void clockTrust() {
        CollectorClock clock = new CollectorClock(() -> host, () -> civil, () -> nanos);
        assertThat(clock.reason()).isEqualTo("the collector's clock has not been seen yet");
        clock.seen(NOW.minusSeconds(4), NOW);
        assertThat(clock.isTrusted()).isTrue();
        host = TimeSynchronisation.State.NO;
        assertThat(clock.reason()).contains("not synchronised");
        host = TimeSynchronisation.State.UNKNOWN;
        assertThat(clock.isTrusted()).isTrue();
        clock.seen(NOW.plusSeconds(6), NOW);
        assertThat(clock.reason()).isEqualTo("the host clock is -6 s off the collector's");
    }

    @Test
    @DisplayName("D2 F20: a host clock that jumps, or a sighting of yesterday, ends the trust until the next one")
    void trustEnds() {
        CollectorClock clock = new CollectorClock(() -> host, () -> civil, () -> nanos);
        clock.seen(NOW, NOW);
        pass(Duration.ofHours(1));
        assertThat(clock.isTrusted()).isTrue();
        civil = civil.plusSeconds(3600);
        assertThat(clock.reason()).contains("jumped by 3600 s");
        clock.seen(civil, civil);
        assertThat(clock.isTrusted()).isTrue();
        pass(Duration.ofHours(25));
        assertThat(clock.reason()).contains("more than 24 h ago");
        civil = Instant.EPOCH;
        clock.seen(NOW, civil);
        assertThat(clock.reason()).as("a gateway that wakes up in 1970").contains("off the collector's");
    }

    @Test
    @DisplayName("D2: without a time service that can be asked, the host does not claim to know")
    void hostUnknown() {
        assertThat(new TimeSynchronisation(folder.resolve("absent"), c -> java.util.Optional.empty(), () -> nanos)
                        .state())
                .isEqualTo(TimeSynchronisation.State.UNKNOWN);
    }

    @Test
    @DisplayName("Scheduling 3: what was learned of a model is there after a restart; a damaged file is forgotten")
    void modelMemory() throws IOException {
        ModelFile memory = new ModelFile(folder.resolve("models"));
        String key = "dlms/SIM A ñ/1.2";
        assertThat(memory.recall(key)).isEmpty();
        memory.remember(key, "learned\nlines");
        memory.remember("dlms/SIM_A", "other");
        assertThat(new ModelFile(folder.resolve("models")).recall(key)).contains("learned\nlines");
        memory.forget("dlms/SIM_A");
        assertThat(new ModelFile(folder.resolve("models")).recall("dlms/SIM_A")).isEmpty();
        try (var files = Files.list(folder.resolve("models"))) {
            Path file = files.findFirst().orElseThrow();
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 35));
        }
        assertThat(new ModelFile(folder.resolve("models")).recall(key)).isEmpty();
        assertThatThrownBy(() -> memory.remember(key, "x".repeat(70_000))).isInstanceOf(IllegalArgumentException.class);
    }

    private void pass(Duration time) {
        civil = civil.plus(time);
        nanos += time.toNanos();
    }

    private Path keys(String lines, String rights) throws IOException {
        Path file = folder.resolve("keys.csv");
        Files.writeString(file, KeysFile.HEADER + "\n" + lines + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }
}
