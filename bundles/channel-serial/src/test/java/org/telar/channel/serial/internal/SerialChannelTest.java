package org.telar.channel.serial.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.channel.Channel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A serial line as the host sees it, on a real pseudo terminal (R41). */
@Timeout(30)
class SerialChannelTest {
    private static final Duration SECONDS = Duration.ofSeconds(5);

    @TempDir
    static Path folder;

    private final SerialChannelFactory factory = new SerialChannelFactory();

    @BeforeAll
    static void nativeLibraryInAFolderOfOurs() {
        System.setProperty(NativeLibrary.PATH_PROPERTY, folder.resolve("native").toString());
    }

    @Test
    @DisplayName("R41: all byte values travel both ways; the native library lies where it was told to")
    void bothWays() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (Pty pty = new Pty();
                Channel channel = factory.open(URI.create("serial:" + pty.device() + "?baud=115200"), SECONDS)) {
            channel.write(all);
            assertThat(pty.fromTerminal().readNBytes(256)).isEqualTo(all);

            pty.toTerminal().write(all);
            pty.toTerminal().flush();
            assertThat(read(channel, 256)).isEqualTo(all);
        }
        assertThat(folder.resolve("native").resolve("libjSerialComm.so")).exists();
        assertThat(System.getProperty("jSerialComm.library.path"))
                .isEqualTo(folder.resolve("native").toString());
    }

    @Test
    @DisplayName("a silent line is a timeout within a tenth of a second, and the port stays open")
    void timeout() throws Exception {
        try (Pty pty = new Pty();
                Channel channel = factory.open(URI.create("serial:" + pty.device()), SECONDS)) {
            assertThatThrownBy(() -> channel.read(new byte[9], Duration.ofMillis(150)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("R81: a port that vanishes (adapter pulled) ends the read with an error, long before its timeout")
    void vanishes() throws Exception {
        try (Pty pty = new Pty();
                Channel channel = factory.open(URI.create("serial:" + pty.device()), SECONDS)) {
            pty.close();
            assertThatThrownBy(() -> channel.read(new byte[9], Duration.ofMinutes(5)))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining(pty.device());
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    @DisplayName("R81: an adapter pulled and plugged again under its name (a link of udev) works without a restart")
    void pulledAndPlugged(@TempDir Path dev) throws Exception {
        Path name = dev.resolve("meters");
        URI address = URI.create("serial:" + name + "?baud=9600");
        Channel before;
        try (Pty first = new Pty()) {
            Files.createSymbolicLink(name, Path.of(first.device()));
            before = factory.open(address, SECONDS);
            exchange(first, before, "first");
        }
        Files.delete(name);
        assertThatThrownBy(() -> before.read(new byte[9], Duration.ofMinutes(5)))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining(name.toString());
        assertThatThrownBy(() -> before.write(new byte[9])).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> factory.open(address, SECONDS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name + " does not exist");

        try (Pty second = new Pty()) {
            Files.createSymbolicLink(name, Path.of(second.device()));
            assertThat(before.isOpen()).as("the channel of the old adapter").isFalse();
            try (Channel after = factory.open(address, SECONDS)) {
                exchange(second, after, "second");
            }
        }
    }

    private static void exchange(Pty pty, Channel channel, String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        channel.write(bytes);
        assertThat(pty.fromTerminal().readNBytes(bytes.length)).isEqualTo(bytes);
        pty.toTerminal().write(bytes);
        pty.toTerminal().flush();
        assertThat(read(channel, bytes.length)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serial:/dev/does-not-exist", "serial:/dev/null?baud=fast", "serial:/dev/null?speed=9600",
                "serial:/dev/null?parity=maybe", "serial:/dev/null?data=9", "tcp://127.0.0.1:1"
            })
    @DisplayName("a wrong address is refused with a sentence")
    void badAddress(String text) {
        assertThatThrownBy(() -> factory.open(URI.create(text), SECONDS))
                .isInstanceOf(IOException.class)
                .message()
                .containsPattern("does not exist|is a number from|expected|is none, even or odd");
    }

    @Test
    @DisplayName("a damaged native library is replaced, an equal one is left alone")
    void extraction(@TempDir Path other) throws Exception {
        String here = NativeLibrary.architecture(System.getProperty("os.arch"));
        Path file = NativeLibrary.extract(other, here);
        byte[] good = Files.readAllBytes(file);
        byte[] damaged = Arrays.copyOf(good, good.length / 2);
        new Random(1).nextBytes(damaged);
        Files.write(file, damaged);

        NativeLibrary.extract(other, here);
        assertThat(file).hasBinaryContent(good);

        NativeLibrary.extract(other, here);
        try (var files = Files.list(other)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static byte[] read(Channel channel, int count) throws IOException {
        byte[] got = new byte[count];
        int have = 0;
        while (have < count) {
            byte[] part = new byte[count - have];
            int n = channel.read(part, SECONDS);
            System.arraycopy(part, 0, got, have, n);
            have += n;
        }
        return got;
    }
}
