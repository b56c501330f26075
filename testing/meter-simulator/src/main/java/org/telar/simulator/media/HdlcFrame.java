package org.telar.simulator.media;

import java.util.Arrays;
import java.util.Optional;

/**
 * A frame of format type 3 (IEC 62056-46 §6.4).
 *
 * @param segmented more segments follow
 * @param server address of the meter as it was written: 1, 2 or 4 bytes
 * @param client address of the client
 * @param control control byte
 * @param info information field, perhaps empty
 * @param raw the whole frame, flags included
 */
record HdlcFrame(boolean segmented, byte[] server, int client, int control, byte[] info, byte[] raw) {
    static final byte FLAG = 0x7E;

    private static final int FORMAT = 0xA0;
    private static final int SEGMENTED = 0x08;
    private static final int CHECK = 2;

    /** Upper address, or -1 if the address has a form that no meter has. */
    int logical() {
        return switch (server.length) {
            case 1, 2 -> (server[0] & 0xFF) >> 1;
            case 4 -> pair(0);
            default -> -1;
        };
    }

    /** Lower address; 0 if only the upper one was written. */
    int physical() {
        return switch (server.length) {
            case 2 -> (server[1] & 0xFF) >> 1;
            case 4 -> pair(2);
            default -> 0;
        };
    }

    private int pair(int at) {
        return (server[at] & 0xFF) >> 1 << 7 | (server[at + 1] & 0xFF) >> 1;
    }

    boolean poll() {
        return (control & 0x10) != 0;
    }

    /** Parses what is between two flags; empty if a check sequence or an address is wrong. */
    static Optional<HdlcFrame> parse(byte[] body) {
        int at = CHECK;
        int serverEnd = addressEnd(body, at);
        int clientEnd = addressEnd(body, serverEnd);
        int header = clientEnd + 1;
        if (serverEnd < 0 || clientEnd != serverEnd + 1 || header + CHECK > body.length) {
            return Optional.empty();
        }
        boolean hasInfo = body.length > header + CHECK;
        if (!Fcs16.matches(body, 0, header)
                || hasInfo && (body.length < header + 2 * CHECK || !Fcs16.matches(body, 0, body.length - CHECK))) {
            return Optional.empty();
        }
        byte[] info = hasInfo ? Arrays.copyOfRange(body, header + CHECK, body.length - CHECK) : new byte[0];
        return Optional.of(new HdlcFrame(
                (body[0] & SEGMENTED) != 0,
                Arrays.copyOfRange(body, at, serverEnd),
                (body[serverEnd] & 0xFF) >> 1,
                body[clientEnd] & 0xFF,
                info,
                flagged(body)));
    }

    private static byte[] flagged(byte[] body) {
        byte[] raw = new byte[body.length + 2];
        raw[0] = FLAG;
        System.arraycopy(body, 0, raw, 1, body.length);
        raw[body.length + 1] = FLAG;
        return raw;
    }

    /** Where the control byte of a frame that we built is; the header check sequence follows it. */
    static int header(byte[] frame) {
        int at = 1 + CHECK;
        for (int address = 0; address < 2; address++) {
            while ((frame[at] & 1) == 0) {
                at++;
            }
            at++;
        }
        return at;
    }

    /** Computes both check sequences anew after a field of the header was changed. */
    static void seal(byte[] frame, int control) {
        check(frame, control);
        sealEnd(frame, control);
    }

    /** Computes the check sequence at the end anew; a frame without information has none but that of its header. */
    static void sealEnd(byte[] frame, int control) {
        if (frame.length > control + 2 * CHECK) {
            check(frame, frame.length - 2 - CHECK);
        }
    }

    /** An unnumbered information frame that a meter sends on its own. */
    static byte[] notification(byte[] server, int client, byte[] info) {
        return new HdlcFrame(false, server, client, 0, new byte[0], new byte[0]).reply(0x13, false, info);
    }

    private static int addressEnd(byte[] body, int from) {
        for (int i = from; from >= 0 && i < body.length && i < from + 4; i++) {
            if ((body[i] & 1) != 0) {
                return i + 1;
            }
        }
        return -1;
    }

    /** A reply to this frame, flags included. */
    byte[] reply(int replyControl, boolean more, byte[] replyInfo) {
        int header = CHECK + 1 + server.length + 1;
        int length = header + CHECK + (replyInfo.length == 0 ? 0 : replyInfo.length + CHECK);
        byte[] frame = new byte[length + 2];
        frame[0] = FLAG;
        frame[1] = (byte) (FORMAT | (more ? SEGMENTED : 0) | length >> 8);
        frame[2] = (byte) length;
        frame[3] = (byte) (client << 1 | 1);
        System.arraycopy(server, 0, frame, 4, server.length);
        frame[header] = (byte) replyControl;
        check(frame, header);
        if (replyInfo.length != 0) {
            System.arraycopy(replyInfo, 0, frame, 1 + header + CHECK, replyInfo.length);
            check(frame, length - CHECK);
        }
        frame[length + 1] = FLAG;
        return frame;
    }

    private static void check(byte[] frame, int length) {
        int fcs = Fcs16.of(frame, 1, length);
        frame[1 + length] = (byte) fcs;
        frame[2 + length] = (byte) (fcs >>> 8);
    }
}
