package org.telar.meter.dlms.internal;

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.channel.SerialLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The sign-on before HDLC, with the identification that IEC 62056-21 §6.3.2 describes, and what is not one. */
class ModeETest {
    /** A line that answers from a script, and remembers at which speed what was said. */
    private static final class Line implements SerialLine {
        final List<String> said = new ArrayList<>();
        private final Deque<String> answers = new ArrayDeque<>();
        private Settings settings = new Settings(9600, 8, Parity.NONE, 1);

        Line(String... answers) {
            this.answers.addAll(List.of(answers));
        }

        private final Deque<byte[]> waiting = new ArrayDeque<>();

        @Override
        public void write(byte[] bytes) {
            said.add(settings.baud() + " " + settings.data()
                    + settings.parity().name().charAt(0) + settings.stop() + " "
                    + HexFormat.of().formatHex(bytes));
            if (!answers.isEmpty() && !answers.peek().isEmpty()) {
                waiting.add(answers.peek().getBytes(StandardCharsets.ISO_8859_1));
            }
            answers.poll();
        }

        @Override
        public int read(byte[] into, Duration timeout) throws SocketTimeoutException {
            byte[] next = waiting.poll();
            if (next == null) {
                throw new SocketTimeoutException("silence");
            }
            System.arraycopy(next, 0, into, 0, next.length);
            return next.length;
        }

        @Override
        public Settings settings() {
            return settings;
        }

        @Override
        public void use(Settings next) {
            settings = next;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    @DisplayName(
            "R41 IEC 62056-21 §6.3: request, identification, acknowledgement for binary mode, then HDLC's settings")
    void signOn() throws Exception {
        // The echo of an optical head comes first; the identification with even parity in bit 7.
        Line line = new Line("/?!\r\n/ISK5\\2MT382-1000\r\n", "\u00062\u00b52\r\n");
        ModeE.of("300").signOn(line, SHORT);
        assertThat(line.said).containsExactly("300 7E1 2f3f210d0a", "300 7E1 06323532" + "0d0a");
        assertThat(line.settings()).isEqualTo(new SerialLine.Settings(9600, 8, SerialLine.Parity.NONE, 1));
    }

    @Test
    @DisplayName("R41: a device address is asked for, another speed taken")
    void addressed() throws Exception {
        Line line = new Line("/EMH4\\@01LZQJL0013E\\2\r\n");
        assertThatThrownBy(() -> ModeE.of("300/12345678").signOn(line, SHORT))
                .as("a mode C meter")
                .isInstanceOfSatisfying(
                        LinkException.class, e -> assertThat(e.kind()).isEqualTo(LinkException.Kind.REFUSED));
        assertThat(line.said).containsExactly("300 7E1 2f3f3132333435363738210d0a");
        Line slow = new Line("/LGZ4\\2ZMD4054407.B32\r\n");
        ModeE.of("300/12345678").signOn(slow, SHORT);
        assertThat(slow.settings().baud()).isEqualTo(4800);
    }

    @Test
    @DisplayName("R44: silence, text without an end and a network channel end in typed errors")
    void broken() {
        for (String answer : List.of("", "x".repeat(60))) {
            assertThatThrownBy(() -> ModeE.of("300").signOn(new Line(answer), SHORT))
                    .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.kind())
                            .isIn(LinkException.Kind.SILENT, LinkException.Kind.GARBLED));
        }
        assertThatThrownBy(() -> ModeE.of("300").signOn(new ScriptedChannel(bytes -> List.of()), SHORT))
                .isInstanceOf(LinkException.class);
        for (String wrong : List.of("", "301", "300/a!", "fast")) {
            assertThatThrownBy(() -> ModeE.of(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
