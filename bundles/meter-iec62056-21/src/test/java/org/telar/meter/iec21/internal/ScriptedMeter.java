package org.telar.meter.iec21.internal;

import java.io.ByteArrayOutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.telar.api.channel.Channel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A channel that plays one side of a printed dialogue: expects what the reader sends, byte by byte, and answers. Time
 * does not pass: where the script has no answer, the wait is over at once.
 */
final class ScriptedMeter implements Channel {
    private record Step(byte[] expected, byte[] answer) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private byte[] waiting = {};
    private int next;

    /** Expects and answers; both in the notation of the manuals, block checks included. Empty answer: silence. */
    ScriptedMeter step(String expected, String answer) {
        steps.add(new Step(bytes(expected), bytes(answer)));
        return this;
    }

    /** As {@link #step}, with the block checks of both added. */
    ScriptedMeter checked(String expected, String answer) {
        steps.add(new Step(check(bytes(expected)), check(bytes(answer))));
        return this;
    }

    /** Sign-on and programming mode with the password 00000000, as printed in {@link LemDialogueTest}. */
    ScriptedMeter signOn() {
        return step("/?!<CR><LF>", "/EMH5\\@D4EM4TIIW001--<CR><LF>")
                .step("<ACK>051<CR><LF>", "<SOH>P0<STX>()<ETX>`")
                .step("<SOH>P1<STX>(00000000)<ETX>a", "<ACK>");
    }

    static byte[] bytes(String notation) {
        return notation.replace("<SOH>", "\u0001")
                .replace("<STX>", "\u0002")
                .replace("<ETX>", "\u0003")
                .replace("<EOT>", "\u0004")
                .replace("<ACK>", "\u0006")
                .replace("<NAK>", "\u0015")
                .replace("<CR>", "\r")
                .replace("<LF>", "\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Appends the block check to a message that ends with ETX or EOT. */
    static byte[] check(byte[] message) {
        if (message.length == 0 || message[message.length - 1] != 3 && message[message.length - 1] != 4) {
            return message;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(message);
        int bcc = 0;
        for (int i = 1; i < message.length; i++) {
            bcc ^= message[i];
        }
        out.write(bcc);
        return out.toByteArray();
    }

    void assertPlayed() {
        assertThat(steps).as("steps of the dialogue that were not played").isEmpty();
    }

    /** What the reader sent, for people. */
    List<String> sent() {
        return sent;
    }

    @Override
    public void write(byte[] bytes) {
        sent.add(new String(bytes, StandardCharsets.ISO_8859_1));
        assertThat(steps).as("nothing more was expected, got " + sent).isNotEmpty();
        Step step = steps.poll();
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .isEqualTo(new String(step.expected, StandardCharsets.ISO_8859_1));
        byte[] left = new byte[waiting.length - next + step.answer.length];
        System.arraycopy(waiting, next, left, 0, waiting.length - next);
        System.arraycopy(step.answer, 0, left, waiting.length - next, step.answer.length);
        waiting = left;
        next = 0;
    }

    /** Bytes that nobody asked for, there before the next question. */
    ScriptedMeter unasked(String notation) {
        waiting = bytes(notation);
        next = 0;
        return this;
    }

    @Override
    public int read(byte[] into, Duration timeout) throws SocketTimeoutException {
        if (next == waiting.length) {
            throw new SocketTimeoutException("the script has no answer");
        }
        int count = Math.min(into.length, waiting.length - next);
        System.arraycopy(waiting, next, into, 0, count);
        next += count;
        return count;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
