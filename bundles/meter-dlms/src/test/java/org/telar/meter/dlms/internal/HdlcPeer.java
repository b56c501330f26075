package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A secondary station as IEC 62056-46 describes it, window 1: checks N(S) and N(R), repeats what was not confirmed. Its
 * faults are told by {@link #fault}: what to do with frame number n in either direction.
 */
final class HdlcPeer implements Function<byte[], List<byte[]>> {
    /** What happens to one frame on the line. */
    enum Fault {
        NONE,
        LOSE,
        DAMAGE,
        TWICE
    }

    private final byte[] server;
    private final int client;
    private final int frameSize;
    private final Function<byte[], byte[]> application;
    Function<Integer, Fault> fault = n -> Fault.NONE;
    boolean disconnected;
    boolean ignoresParameters;

    private int onTheLine;
    private int expected;
    private int sent;
    private int unconfirmed = -1;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private List<HdlcFrame> segments = new ArrayList<>();
    final List<HdlcFrame> seen = new ArrayList<>();

    HdlcPeer(byte[] server, int client, int frameSize, Function<byte[], byte[]> application) {
        this.server = server;
        this.client = client;
        this.frameSize = frameSize;
        this.application = application;
    }

    @Override
    public List<byte[]> apply(byte[] bytes) {
        Fault inbound = fault.apply(onTheLine++);
        if (inbound == Fault.LOSE || inbound == Fault.DAMAGE) {
            return List.of();
        }
        HdlcDecoder decoder = new HdlcDecoder();
        decoder.feed(bytes, bytes.length);
        HdlcFrame frame = decoder.next();
        if (frame == null || !sameServer(frame)) {
            return List.of();
        }
        seen.add(frame);
        HdlcFrame answer = answer(frame);
        return answer == null ? List.of() : sentOut(answer.encoded());
    }

    private boolean sameServer(HdlcFrame frame) {
        // A one-byte server address cannot be told from the client's by its length.
        return Arrays.equals(frame.server(), server) || server.length == 1 && frame.client() == (server[0] & 0xFF) >> 1;
    }

    private List<byte[]> sentOut(byte[] bytes) {
        Fault outbound = fault.apply(onTheLine++);
        if (outbound == Fault.LOSE) {
            return List.of();
        }
        if (outbound == Fault.DAMAGE) {
            bytes[bytes.length / 2] ^= 0x55;
        }
        return outbound == Fault.TWICE ? List.of(bytes, bytes.clone()) : List.of(bytes);
    }

    private HdlcFrame answer(HdlcFrame frame) {
        if (frame.unnumbered() == HdlcFrame.SNRM) {
            if (ignoresParameters && frame.information().length > 0) {
                return null;
            }
            expected = 0;
            sent = 0;
            unconfirmed = -1;
            segments.clear();
            request.reset();
            disconnected = false;
            byte[] own = frame.information().length == 0 ? new byte[0] : HdlcNegotiation.proposal(frameSize);
            return frame(HdlcFrame.UA | HdlcFrame.PF, false, own);
        }
        if (disconnected || frame.unnumbered() == HdlcFrame.DISC) {
            return frame(HdlcFrame.DM | HdlcFrame.PF, false, new byte[0]);
        }
        return frame.isInformation() ? information(frame) : next(frame.receiveSequence());
    }

    private HdlcFrame information(HdlcFrame frame) {
        if (frame.sendSequence() != expected) {
            return next(frame.receiveSequence());
        }
        expected = expected + 1 & 7;
        request.writeBytes(frame.information());
        if (frame.segmented()) {
            return ready();
        }
        byte[] pdu = request.toByteArray();
        request.reset();
        byte[] apdu = application.apply(Arrays.copyOfRange(pdu, 3, pdu.length));
        cut(apdu);
        unconfirmed = -1;
        return next(sent);
    }

    private void cut(byte[] apdu) {
        byte[] pdu = new byte[apdu.length + 3];
        pdu[0] = (byte) 0xE6;
        pdu[1] = (byte) 0xE7;
        System.arraycopy(apdu, 0, pdu, 3, apdu.length);
        segments = new ArrayList<>();
        for (int from = 0; from < pdu.length; from += frameSize) {
            byte[] part = Arrays.copyOfRange(pdu, from, Math.min(pdu.length, from + frameSize));
            segments.add(frame(0, from + frameSize < pdu.length, part));
        }
    }

    /** The next segment if the last one was confirmed, the last one again if not, RR if there is nothing to say. */
    private HdlcFrame next(int confirmedUpTo) {
        if (unconfirmed >= 0 && confirmedUpTo == (unconfirmed + 1 & 7)) {
            segments.remove(0);
            unconfirmed = -1;
        }
        if (segments.isEmpty()) {
            return ready();
        }
        if (unconfirmed < 0) {
            unconfirmed = sent;
            sent = sent + 1 & 7;
        }
        HdlcFrame part = segments.get(0);
        return frame(unconfirmed << 1 | HdlcFrame.PF | expected << 5, part.segmented(), part.information());
    }

    private HdlcFrame ready() {
        return frame(HdlcFrame.RR | HdlcFrame.PF | expected << 5, false, new byte[0]);
    }

    private HdlcFrame frame(int control, boolean more, byte[] information) {
        return new HdlcFrame(server, client, false, control, more, information);
    }
}
