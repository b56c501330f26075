package org.telar.meter.iec21.internal;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.telar.api.channel.Channel;

/**
 * Messages on a channel. Everything is bounded: the wait for the first character, the whole message, its size. What is
 * not the start of a message is skipped, so that one good message is found behind any noise. Used by one thread.
 */
final class Line {
    /** Largest message or block taken from a meter, bytes. */
    static final int MAX_MESSAGE = 128 * 1024;

    /** {@code /}, manufacturer, speed and up to 16 characters, enhanced ones included, and room (§6.3.2). */
    private static final int MAX_IDENTIFICATION = 64;

    private static final int MAX_NOISE = 4096;

    private final Channel channel;
    private final Duration timeout;
    private final Duration longest;
    private final boolean softParity;
    private final byte[] in = new byte[2048];
    private int next;
    private int end;
    private long deadline;

    /**
     * @param timeout longest wait for the first character of a reply, and for each one within it
     * @param longest longest duration of one message: a meter that drips characters does not hold the medium
     * @param softParity the channel carries 8 bits and the meter sends 7 and even parity: do it here (§5.1)
     */
    Line(Channel channel, Duration timeout, Duration longest, boolean softParity) {
        this.channel = channel;
        this.timeout = timeout;
        this.longest = longest;
        this.softParity = softParity;
    }

    void send(byte[] message) throws IOException {
        byte[] out = message.clone();
        if (softParity) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (byte) (out[i] | (Integer.bitCount(out[i]) % 2 << 7));
            }
        }
        channel.write(out);
    }

    /**
     * Throws away what has arrived: the rest of an answer that was given up must not answer the next question.
     *
     * @param quiet how long the line must have been silent; a line that is never silent is left after the timeout
     */
    void drain(Duration quiet) throws IOException {
        next = end = 0;
        long until = System.nanoTime() + timeout.toNanos();
        try {
            while (System.nanoTime() < until) {
                channel.read(in, quiet);
            }
        } catch (SocketTimeoutException silent) {
            next = end = 0;
        }
    }

    /** The next message, whatever it is. Never waits longer than the two limits of this line. */
    Reply receive() throws IOException {
        deadline = System.nanoTime() + longest.toNanos();
        int noise = 0;
        try {
            while (noise < MAX_NOISE) {
                int c = read();
                switch (c) {
                    case Control.ACK:
                        return new Reply.Ack();
                    case Control.NAK:
                        return new Reply.Nak();
                    case Control.STX:
                        return data();
                    case Control.SOH:
                        return command();
                    case '/':
                        Reply identification = identification();
                        if (!isEcho(identification)) {
                            return identification;
                        }
                        noise += MAX_IDENTIFICATION;
                        break;
                    default:
                        noise++;
                }
            }
        } catch (SocketTimeoutException e) {
            return noise == 0 ? new Reply.Silence() : new Reply.Corrupt(noise + " characters that begin no message");
        }
        return new Reply.Corrupt("more than " + MAX_NOISE + " characters that begin no message");
    }

    private Reply data() throws IOException {
        Message message = new Message(Control.STX);
        String broken = message.read(MAX_MESSAGE);
        return broken.isEmpty()
                ? new Reply.Data(message.text(1, message.size - 1), message.last() == Control.EOT)
                : new Reply.Corrupt(broken);
    }

    private Reply command() throws IOException {
        Message message = new Message(Control.SOH);
        String broken = message.read(MAX_IDENTIFICATION);
        if (!broken.isEmpty()) {
            return new Reply.Corrupt(broken);
        }
        String body = message.text(1, message.size - 1);
        int stx = body.indexOf(Control.STX);
        return stx < 0
                ? new Reply.Command(body, "")
                : new Reply.Command(body.substring(0, stx), body.substring(stx + 1));
    }

    /** Our own request ({@code /?...!}) is no identification: optical heads and two-wire lines echo. */
    private static boolean isEcho(Reply reply) {
        return reply instanceof Reply.Identification id && id.text().startsWith("?");
    }

    private Reply identification() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            while (text.length() < MAX_IDENTIFICATION) {
                int c = read();
                if (c == Control.LF) {
                    return new Reply.Identification(text.toString());
                }
                if (c != Control.CR) {
                    text.append((char) c);
                }
            }
        } catch (SocketTimeoutException e) {
            return new Reply.Corrupt("an identification that ends after " + text.length() + " characters");
        }
        return new Reply.Corrupt("an identification longer than " + MAX_IDENTIFICATION + " characters");
    }

    private int read() throws IOException {
        if (next == end) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("the message took longer than " + longest);
            }
            next = 0;
            end = 0;
            end = channel.read(in, left < timeout.toNanos() ? Duration.ofNanos(left) : timeout);
        }
        return in[next++] & (softParity ? 0x7F : 0xFF);
    }

    /** A message from STX or SOH to ETX or EOT, with its block check behind. */
    private final class Message {
        private byte[] bytes = new byte[256];
        private int size = 1;

        Message(byte first) {
            bytes[0] = first;
        }

        byte last() {
            return bytes[size - 1];
        }

        String text(int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }

        /** Empty when the message is whole and its check is right, else what is wrong with it. */
        String read(int limit) throws IOException {
            try {
                while (size < limit) {
                    byte c = (byte) Line.this.read();
                    add(c);
                    if (c == Control.ETX || c == Control.EOT) {
                        int expected = Bcc.of(bytes, 1, size);
                        int got = Line.this.read();
                        return expected == got ? "" : "a block check of " + got + " where " + expected + " belongs";
                    }
                }
            } catch (SocketTimeoutException e) {
                return "a message that ends after " + size + " characters";
            }
            return "a message longer than " + limit + " characters";
        }

        private void add(byte c) {
            if (size == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, bytes.length * 2);
            }
            bytes[size++] = c;
        }
    }
}
