package org.telar.meter.dlms.internal;

import java.util.Arrays;

/**
 * Finds HDLC frames in a stream of bytes. A candidate is held only while its header checks out, so that garbage is left
 * behind at the next good frame; a candidate that never completes is left with {@link #abandon()}. Holds at most a few
 * frames of 2 kB.
 */
final class HdlcDecoder {
    private static final int ROOM = 16 * 1024;

    /** Format, two addresses of at least one byte, control, header check. */
    private static final int SHORTEST = 7;

    private final byte[] buffer = new byte[ROOM];
    private int begin;
    private int end;
    private long dropped;

    void feed(byte[] bytes, int count) {
        int from = Math.max(0, count - ROOM / 2);
        if (end + count - from > ROOM) {
            System.arraycopy(buffer, begin, buffer, 0, end - begin);
            end -= begin;
            begin = 0;
        }
        int overflow = end + count - from - ROOM;
        if (overflow > 0) {
            begin = overflow;
            dropped += overflow;
            System.arraycopy(buffer, begin, buffer, 0, end - begin);
            end -= begin;
            begin = 0;
        }
        System.arraycopy(bytes, from, buffer, end, count - from);
        end += count - from;
    }

    void clear() {
        dropped += end - begin;
        begin = 0;
        end = 0;
    }

    /** Gives up a frame whose rest did not come; what follows its opening flag is looked through again. */
    void abandon() {
        if (begin < end) {
            begin++;
            dropped++;
        }
    }

    long dropped() {
        return dropped;
    }

    /** The next frame with good checks, or null when more bytes are needed. */
    HdlcFrame next() {
        while (begin < end) {
            if (buffer[begin] != HdlcFrame.FLAG) {
                begin++;
                dropped++;
            } else if (begin + 1 < end && buffer[begin + 1] == HdlcFrame.FLAG) {
                begin++;
            } else {
                Candidate c = candidate();
                if (c.verdict == Verdict.WAIT) {
                    return null;
                }
                if (c.verdict == Verdict.FRAME) {
                    // The closing flag may open the next frame.
                    begin += c.length + 1;
                    return c.frame;
                }
                begin++;
                dropped++;
            }
        }
        return null;
    }

    private enum Verdict {
        WAIT,
        NO_FRAME,
        FRAME
    }

    private record Candidate(Verdict verdict, int length, HdlcFrame frame) {
        static final Candidate WAIT = new Candidate(Verdict.WAIT, 0, null);
        static final Candidate NONE = new Candidate(Verdict.NO_FRAME, 0, null);
    }

    private Candidate candidate() {
        int at = begin + 1;
        int available = end - at;
        if (available < 1) {
            return Candidate.WAIT;
        }
        if ((buffer[at] & 0xF0) != 0xA0) {
            return Candidate.NONE;
        }
        if (available < SHORTEST) {
            return Candidate.WAIT;
        }
        int length = (buffer[at] & 0x07) << 8 | buffer[at + 1] & 0xFF;
        int destination = addressLength(at + 2);
        int source = destination <= 0 ? destination : addressLength(at + 2 + destination);
        if (source < 0) {
            return Candidate.WAIT;
        }
        int header = 2 + destination + source + 1;
        boolean possible = length == header + 2 || length >= header + 5;
        if (source == 0 || !possible) {
            return Candidate.NONE;
        }
        if (available < header + 2) {
            return Candidate.WAIT;
        }
        if (!Fcs.holds(buffer, at, at + header)) {
            return Candidate.NONE;
        }
        if (available < length + 1) {
            return Candidate.WAIT;
        }
        boolean sound = buffer[at + length] == HdlcFrame.FLAG && Fcs.holds(buffer, at, at + length - 2);
        return sound ? new Candidate(Verdict.FRAME, length, frame(at, destination, source, length)) : Candidate.NONE;
    }

    private HdlcFrame frame(int at, int destination, int source, int length) {
        byte[] first = Arrays.copyOfRange(buffer, at + 2, at + 2 + destination);
        byte[] second = Arrays.copyOfRange(buffer, at + 2 + destination, at + 2 + destination + source);
        int control = buffer[at + 2 + destination + source] & 0xFF;
        int info = at + 2 + destination + source + 3;
        byte[] information = info < at + length - 2 ? Arrays.copyOfRange(buffer, info, at + length - 2) : new byte[0];
        boolean segmented = (buffer[at] & 0x08) != 0;
        // From a meter the client is the destination, one byte; the longer one is the server in any case.
        boolean fromServer = first.length == 1;
        byte[] server = fromServer ? second : first;
        byte[] client = fromServer ? first : second;
        return new HdlcFrame(server, (client[0] & 0xFF) >> 1, !fromServer, control, segmented, information);
    }

    /** 1, 2 or 4; 0 when that is no address; -1 when more bytes are needed to tell. */
    private int addressLength(int at) {
        for (int i = 0; i < 4; i++) {
            if (at + i >= end) {
                return -1;
            }
            if ((buffer[at + i] & 1) == 1) {
                return i == 2 ? 0 : i + 1;
            }
        }
        return 0;
    }
}
