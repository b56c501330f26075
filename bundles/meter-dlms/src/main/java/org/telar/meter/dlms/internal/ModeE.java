package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.telar.api.channel.Channel;
import org.telar.api.channel.SerialLine;
import org.telar.api.channel.SerialLine.Parity;
import org.telar.api.channel.SerialLine.Settings;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * The sign-on of IEC 62056-21 mode E before HDLC: request and identification at a low speed, acknowledgement that asks
 * for binary mode at the speed that the meter offers, then HDLC with eight bits. Optical heads and some modems need it.
 */
final class ModeE {
    private static final int[] BAUD = {300, 600, 1200, 2400, 4800, 9600, 19_200};
    private static final int LONGEST = 64;
    private static final int ACKNOWLEDGE = 0x06;

    /** 200 ms for the acknowledgement at 300 baud, and the meter's reaction; what comes meanwhile is an echo of it. */
    private static final Duration REACTION = Duration.ofMillis(500);

    private final int slow;
    private final String device;

    /**
     * @param slow speed of the request, usually 300
     * @param device address in the request, empty for whoever is there
     */
    ModeE(int slow, String device) {
        this.slow = slow;
        this.device = device;
    }

    /**
     * Reads {@code 300} or {@code 300/12345678}.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static ModeE of(String text) {
        int slash = text.indexOf('/');
        String speed = slash < 0 ? text : text.substring(0, slash);
        String device = slash < 0 ? "" : text.substring(slash + 1);
        if (!speed.matches("300|600|1200|2400|4800|9600|19200") || !device.matches("[0-9A-Za-z ]{0,32}")) {
            throw new IllegalArgumentException(
                    "sign-on is a speed, and perhaps an address: 300 or 300/12345678, got " + text);
        }
        return new ModeE(Integer.parseInt(speed), device);
    }

    /** @throws LinkException SILENT when nobody identifies, REFUSED when the meter does not offer mode E */
    void signOn(Channel channel, Duration timeout) throws IOException {
        if (!(channel instanceof SerialLine line)) {
            throw new LinkException(Kind.REFUSED, "a sign-on needs a serial port of this gateway, not " + channel);
        }
        line.use(new Settings(slow, 7, Parity.EVEN, 1));
        line.write(("/?" + device + "!\r\n").getBytes(StandardCharsets.US_ASCII));
        String identification = line(line, System.nanoTime() + timeout.toNanos());
        int speed = offered(identification);
        line.write(new byte[] {ACKNOWLEDGE, '2', (byte) ('0' + speed), '2', '\r', '\n'});
        settle(line);
        line.use(new Settings(BAUD[speed], 8, Parity.NONE, 1));
    }

    /** {@code /XXXZ\2...}: manufacturer, speed, and 2 for binary mode. */
    private static int offered(String identification) throws LinkException {
        int speed = identification.length() > 4 ? identification.charAt(4) - '0' : -1;
        if (speed < 0 || speed >= BAUD.length || !identification.startsWith("\\2", 5)) {
            throw new LinkException(Kind.REFUSED, "the meter identifies as " + identification + ", not for mode E");
        }
        return speed;
    }

    private static String line(Channel channel, long deadline) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] chunk = new byte[LONGEST];
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            int count;
            try {
                count = channel.read(chunk, left);
            } catch (SocketTimeoutException e) {
                throw new LinkException(Kind.SILENT, "no identification after " + text.size() + " bytes");
            } catch (InterruptedIOException e) {
                throw new LinkException(Kind.CANCELLED, "interrupted", e);
            } catch (IOException e) {
                throw new LinkException(Kind.CLOSED, e.getMessage(), e);
            }
            for (int i = 0; i < count; i++) {
                char c = (char) (chunk[i] & 0x7F);
                boolean echo =
                        c == '\n' && text.toString(StandardCharsets.US_ASCII).startsWith("/?");
                if (c == '/' || echo) {
                    text.reset();
                }
                if (c == '\n' && text.size() > 0) {
                    return text.toString(StandardCharsets.US_ASCII).strip();
                }
                if (!echo) {
                    text.write(c);
                }
            }
            if (text.size() > LONGEST) {
                throw new LinkException(Kind.GARBLED, "an identification without an end");
            }
        }
    }

    private static void settle(Channel channel) throws IOException {
        byte[] chunk = new byte[LONGEST];
        long until = System.nanoTime() + REACTION.toNanos();
        try {
            for (int read = 0; read < LONGEST; ) {
                read += channel.read(chunk, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            }
        } catch (SocketTimeoutException asItShouldBe) {
            // The meter is at its new speed.
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, e.getMessage(), e);
        }
    }
}
