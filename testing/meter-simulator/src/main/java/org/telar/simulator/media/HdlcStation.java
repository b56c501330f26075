package org.telar.simulator.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

import org.telar.simulator.apdu.Session;
import org.telar.simulator.fleet.FaultKind;

/**
 * The secondary station of one meter for one client (IEC 62056-46): window 1, information field as negotiated,
 * segmentation both ways, lost frames sent again.
 */
final class HdlcStation {
    private static final int SNRM = 0x83;
    private static final int DISC = 0x43;
    private static final int UA = 0x73;
    private static final int DM = 0x1F;
    private static final int UNNUMBERED_MASK = 0xEF;
    private static final int FINAL = 0x10;
    private static final int NOT_READY = 5;
    private static final int DEFAULT_INFO = 128;
    private static final int MAX_INFO = 2030;
    private static final int MAX_APDU = 0x1_0000 + 3;
    private static final byte[] LLC_REQUEST = {(byte) 0xE6, (byte) 0xE6, 0};
    private static final byte[] LLC_RESPONSE = {(byte) 0xE6, (byte) 0xE7, 0};

    private record Segment(byte[] info, boolean more) {}

    private final Session session;
    private final ByteArrayOutputStream incoming = new ByteArrayOutputStream();
    private final Deque<Segment> outgoing = new ArrayDeque<>();
    private Segment unacknowledged;
    private boolean connected;
    private int sendState;
    private int receiveState;
    private int maxSend = DEFAULT_INFO;

    HdlcStation(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    /** Answers a frame for this meter; empty if nothing is to be said. */
    Optional<byte[]> handle(HdlcFrame frame) {
        int control = frame.control();
        if ((control & UNNUMBERED_MASK) == SNRM) {
            reset();
            connected = true;
            return Optional.of(frame.reply(UA, false, negotiate(frame.info())));
        }
        if ((control & UNNUMBERED_MASK) == DISC) {
            boolean was = connected;
            reset();
            connected = false;
            return Optional.of(frame.reply(was ? UA : DM, false, new byte[0]));
        }
        boolean information = (control & 1) == 0;
        boolean supervisory = (control & 3) == 1;
        if (!information && !supervisory) {
            return Optional.empty();
        }
        if (!connected) {
            return frame.poll() ? Optional.of(frame.reply(DM, false, new byte[0])) : Optional.empty();
        }
        boolean retransmit = !acknowledge(control >> 5 & 7);
        if (information) {
            retransmit = !take(frame);
        }
        return frame.poll() ? Optional.of(respond(frame, retransmit)) : Optional.empty();
    }

    private void reset() {
        incoming.reset();
        outgoing.clear();
        unacknowledged = null;
        sendState = 0;
        receiveState = 0;
        maxSend = DEFAULT_INFO;
    }

    /** Max information field: what the client can receive, at most what we can send. */
    private byte[] negotiate(byte[] proposal) {
        int clientSends = DEFAULT_INFO;
        int clientReceives = DEFAULT_INFO;
        ByteBuffer in = ByteBuffer.wrap(proposal);
        if (in.remaining() > 3) {
            in.position(3);
            while (in.remaining() >= 2) {
                int id = in.get();
                int length = in.get();
                if (length < 0 || length > in.remaining()) {
                    break;
                }
                int value = 0;
                for (int i = 0; i < length; i++) {
                    value = value << 8 | in.get() & 0xFF;
                }
                clientSends = id == 5 ? value : clientSends;
                clientReceives = id == 6 ? value : clientReceives;
            }
        }
        maxSend = Math.max(1, Math.min(MAX_INFO, clientReceives));
        int receive = Math.max(1, Math.min(MAX_INFO, clientSends));
        ByteBuffer out = ByteBuffer.allocate(32);
        out.put((byte) 0x81).put((byte) 0x80).put((byte) 0);
        size(out, 5, maxSend);
        size(out, 6, receive);
        out.put((byte) 7).put((byte) 4).putInt(1).put((byte) 8).put((byte) 4).putInt(1);
        out.put(2, (byte) (out.position() - 3));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void size(ByteBuffer out, int id, int value) {
        out.put((byte) id);
        if (value < 0x100) {
            out.put((byte) 1).put((byte) value);
        } else {
            out.put((byte) 2).putShort((short) value);
        }
    }

    /** Takes note of N(R); false if the client has not got our last frame. */
    private boolean acknowledge(int nextExpected) {
        if (unacknowledged == null) {
            return true;
        }
        if (nextExpected != sendState) {
            return false;
        }
        unacknowledged = null;
        return true;
    }

    /** Takes an information frame; false if we have had it before and must repeat our answer. */
    private boolean take(HdlcFrame frame) {
        int number = frame.control() >> 1 & 7;
        if (number != receiveState) {
            return false;
        }
        receiveState = receiveState + 1 & 7;
        unacknowledged = null;
        if (incoming.size() + frame.info().length > MAX_APDU) {
            incoming.reset();
            return true;
        }
        incoming.writeBytes(frame.info());
        if (!frame.segmented()) {
            serve(incoming.toByteArray());
            incoming.reset();
        }
        return true;
    }

    private void serve(byte[] message) {
        outgoing.clear();
        if (message.length < LLC_REQUEST.length
                || !Arrays.equals(message, 0, LLC_REQUEST.length, LLC_REQUEST, 0, LLC_REQUEST.length)) {
            return;
        }
        Optional<byte[]> reply = session.handle(Arrays.copyOfRange(message, LLC_REQUEST.length, message.length));
        if (reply.isEmpty()) {
            return;
        }
        byte[] all = Arrays.copyOf(LLC_RESPONSE, LLC_RESPONSE.length + reply.get().length);
        System.arraycopy(reply.get(), 0, all, LLC_RESPONSE.length, reply.get().length);
        for (int at = 0; at < all.length; at += maxSend) {
            int end = Math.min(at + maxSend, all.length);
            outgoing.add(new Segment(Arrays.copyOfRange(all, at, end), end < all.length));
        }
    }

    private byte[] respond(HdlcFrame frame, boolean retransmit) {
        if (session.meter().faults().strikes(FaultKind.RNR).isPresent()) {
            return frame.reply(receiveState << 5 | FINAL | NOT_READY, false, new byte[0]);
        }
        if (retransmit && unacknowledged != null) {
            return information(frame, unacknowledged, sendState - 1 & 7);
        }
        if (unacknowledged == null && !outgoing.isEmpty()) {
            unacknowledged = outgoing.poll();
            int number = sendState;
            sendState = sendState + 1 & 7;
            return information(frame, unacknowledged, number);
        }
        return frame.reply(receiveState << 5 | FINAL | 1, false, new byte[0]);
    }

    private byte[] information(HdlcFrame frame, Segment segment, int number) {
        return frame.reply(receiveState << 5 | FINAL | number << 1, segment.more(), segment.info());
    }
}
