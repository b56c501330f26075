package org.telar.meter.dlms.internal;

import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the wrapper frames of one meter in a stream of bytes. Whatever does not begin with a header of this meter is
 * skipped byte by byte, so that garbage before a frame costs nothing but itself; so are answers of other meters, while
 * what they push is handed on. Holds at most one frame.
 */
final class WrapperDecoder {
    static final int HEADER = 8;
    static final int VERSION = 1;

    private final int device;
    private final int client;
    private final int maxApdu;
    private final Foreign foreign;
    private byte[] buffer = new byte[1024];
    private int begin;
    private int end;
    private long dropped;

    /** Takes notifications of other meters. */
    @FunctionalInterface
    interface Foreign {
        void push(int source, byte[] apdu);
    }

    WrapperDecoder(int device, int client, int maxApdu) {
        this(device, client, maxApdu, (source, apdu) -> {});
    }

    WrapperDecoder(int device, int client, int maxApdu, Foreign foreign) {
        this.foreign = foreign;
        this.device = device;
        this.client = client;
        this.maxApdu = maxApdu;
    }

    void feed(byte[] bytes, int count) {
        if (begin > 0) {
            System.arraycopy(buffer, begin, buffer, 0, end - begin);
            end -= begin;
            begin = 0;
        }
        if (end + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(end + count, buffer.length * 2));
        }
        System.arraycopy(bytes, 0, buffer, end, count);
        end += count;
    }

    /** The next APDU of this meter for this client, or null when more bytes are needed. */
    byte[] next() {
        while (end - begin >= HEADER) {
            int length = word(6);
            boolean ours = word(0) == VERSION && word(2) == device && word(4) == client && length > 0;
            Guess push = ours ? Guess.NO : push(length);
            if (push == Guess.OPEN || push == Guess.YES && end - begin < HEADER + length) {
                return null;
            }
            if (push == Guess.YES) {
                int source = word(2);
                byte[] apdu = Arrays.copyOfRange(buffer, begin + HEADER, begin + HEADER + length);
                begin += HEADER + length;
                foreign.push(source, apdu);
            } else if (!ours || length > maxApdu) {
                begin++;
                dropped++;
            } else if (end - begin < HEADER + length) {
                return null;
            } else {
                byte[] apdu = Arrays.copyOfRange(buffer, begin + HEADER, begin + HEADER + length);
                begin += HEADER + length;
                return apdu;
            }
        }
        return null;
    }

    private enum Guess {
        NO,
        YES,
        /** More bytes are needed to tell. */
        OPEN
    }

    /** Another meter's frame that begins as a notification does: by chance, garbage does so once in 2^30 bytes. */
    private Guess push(int length) {
        if (word(0) != VERSION || length < 2 || length > Notifications.MAX_LENGTH) {
            return Guess.NO;
        }
        byte[] head = Arrays.copyOfRange(buffer, begin + HEADER, Math.min(end, begin + HEADER + length));
        if (head.length == 0) {
            return Guess.OPEN;
        }
        if ((head[0] & 0xFF) != GatewayHeader.ANSWER) {
            return Notifications.is(head) ? Guess.YES : Guess.NO;
        }
        Optional<GatewayHeader.Routed> routed = GatewayHeader.read(head);
        if (routed.isEmpty()) {
            return head.length < Math.min(length, GatewayHeader.LONGEST_HEADER + 1) ? Guess.OPEN : Guess.NO;
        }
        return Notifications.is(routed.get().apdu()) ? Guess.YES : Guess.NO;
    }

    private int word(int offset) {
        return (buffer[begin + offset] & 0xFF) << 8 | buffer[begin + offset + 1] & 0xFF;
    }

    /** How many bytes were of no use. */
    long dropped() {
        return dropped;
    }
}
