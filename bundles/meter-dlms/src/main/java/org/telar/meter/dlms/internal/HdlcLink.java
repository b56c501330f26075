package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;
import org.telar.api.channel.SerialLine;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * HDLC in normal response mode, window 1 (IEC 62056-46 §6.4), over a channel that several meters may share. Sequence
 * numbers are checked in both directions; a lost frame is recovered by polling with RR and resending; frames of other
 * addresses are ignored.
 */
final class HdlcLink implements ApduLink {
    private static final Logger LOG = LoggerFactory.getLogger(HdlcLink.class);
    private static final byte[] LLC_REQUEST = {(byte) 0xE6, (byte) 0xE6, 0};
    private static final byte[] LLC_RESPONSE = {(byte) 0xE6, (byte) 0xE7, 0};
    private static final byte[] NOTHING = {};

    /** How often one frame is tried in all; the timeout is shared among the tries. */
    private static final int TRIES = 3;

    /** Before a meter that said "received" is polled for its answer. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int MAX_DRAINED = 4 * MAX_APDU;

    /** Longest wait for the answer to DISC. */
    private static final Duration FAREWELL = Duration.ofMillis(500);

    private final Channel channel;
    private final byte[] server;
    private final int client;
    private final Duration frameTimeout;
    private final int proposedInformation;
    private final Optional<ModeE> signOn;
    private final Strays strays;
    private final HdlcDecoder decoder = new HdlcDecoder();
    private final byte[] chunk = new byte[2048];

    private HdlcNegotiation limits = HdlcNegotiation.DEFAULT;
    private boolean connected;
    private int sent;
    private int received;
    /** What came last, or null when the answer has been taken. */
    private HdlcFrame answer;

    private byte[] accepted = NOTHING;
    private long told;
    private int frames;

    HdlcLink(Channel channel, int client, MeterAddress.Hdlc address, Duration timeout, int proposedInformation) {
        this(channel, client, address, timeout, proposedInformation, Optional.empty(), Strays.NONE);
    }

    /**
     * @param signOn what goes before the HDLC connection
     * @param strays takes what is pushed, by our meter and by others on the line
     */
    HdlcLink(
            Channel channel,
            int client,
            MeterAddress.Hdlc address,
            Duration timeout,
            int proposedInformation,
            Optional<ModeE> signOn,
            Strays strays) {
        this.signOn = signOn;
        this.strays = strays;
        this.channel = channel;
        this.client = client;
        this.server = address.encoded();
        this.frameTimeout = timeout.dividedBy(TRIES);
        this.proposedInformation = proposedInformation;
    }

    /** Frames sent and received since the link exists. */
    int frames() {
        return frames;
    }

    HdlcNegotiation limits() {
        return limits;
    }

    /** SNRM with our proposal; without parameters when the meter does not answer that. */
    @Override
    public void open() throws IOException {
        if (signOn.isPresent()) {
            signOn.get().signOn(channel, frameTimeout.multipliedBy(TRIES));
        }
        byte[] proposal = HdlcNegotiation.proposal(proposedInformation);
        HdlcFrame ua = null;
        for (int i = 0; i < TRIES && ua == null; i++) {
            ua = connect(i < TRIES - 1 ? proposal : NOTHING);
        }
        if (ua == null) {
            throw new LinkException(Kind.SILENT, "no answer to " + TRIES + " SNRM frames");
        }
        limits = HdlcNegotiation.answered(ua.information(), proposedInformation);
        connected = true;
        sent = 0;
        received = 0;
        accepted = NOTHING;
    }

    private HdlcFrame connect(byte[] information) throws IOException {
        drain();
        write(HdlcFrame.SNRM | HdlcFrame.PF, false, information);
        Wait wait = new Wait(frameTimeout);
        for (HdlcFrame frame = next(wait); frame != null; frame = next(wait)) {
            if (frame.unnumbered() == HdlcFrame.UA) {
                return frame;
            }
            if (frame.unnumbered() == HdlcFrame.DM) {
                throw new LinkException(Kind.REFUSED, "the meter refuses the HDLC connection (DM)");
            }
        }
        return null;
    }

    @Override
    public void send(byte[] apdu) throws IOException {
        drain();
        byte[] pdu = Arrays.copyOf(LLC_REQUEST, LLC_REQUEST.length + apdu.length);
        System.arraycopy(apdu, 0, pdu, LLC_REQUEST.length, apdu.length);
        int step = limits.transmit();
        for (int from = 0; from < pdu.length; from += step) {
            boolean more = from + step < pdu.length;
            byte[] part = Arrays.copyOfRange(pdu, from, Math.min(pdu.length, from + step));
            answer = deliver(part, more);
            if (more && answer.isInformation()) {
                throw broken("an answer in the middle of a request");
            }
        }
    }

    @Override
    public byte[] receive() throws IOException {
        ByteArrayOutputStream apdu = new ByteArrayOutputStream(limits.receive());
        long deadline = System.nanoTime() + frameTimeout.toNanos() * TRIES;
        while (true) {
            while (answer == null || !answer.isInformation()) {
                if (System.nanoTime() > deadline) {
                    throw new LinkException(Kind.SILENT, "the meter confirms but does not answer");
                }
                awaitAnswer();
            }
            received = received + 1 & 7;
            accepted = answer.information();
            apdu.write(accepted);
            if (apdu.size() > MAX_APDU) {
                throw broken("an APDU of more than " + MAX_APDU + " bytes");
            }
            boolean more = answer.segmented();
            if (!more) {
                answer = null;
                return withoutLlc(apdu.toByteArray());
            }
            answer = answer.isFinal() ? poll() : awaitNext();
        }
    }

    /** Sends one I-frame until it is confirmed; the result is an RR, or the meter's I-frame. */
    private HdlcFrame deliver(byte[] part, boolean more) throws IOException {
        int number = sent;
        boolean repeat = true;
        for (int i = 0; i < TRIES; i++) {
            if (repeat) {
                if (i > 0) {
                    strays.resent();
                }
                write(number << 1 | HdlcFrame.PF | received << 5, more, part);
            } else {
                write(HdlcFrame.RR | HdlcFrame.PF | received << 5, false, NOTHING);
            }
            sent = number + 1 & 7;
            HdlcFrame frame = reply();
            if (frame == null) {
                // Our frame or its answer was lost: a poll tells which, without making the meter work twice.
                repeat = !repeat;
            } else if (frame.receiveSequence() == sent) {
                return frame;
            } else if (frame.receiveSequence() == number) {
                repeat = true;
            } else {
                throw broken("N(R) is " + frame.receiveSequence() + ", expected " + sent);
            }
        }
        throw new LinkException(Kind.SILENT, "no answer to " + TRIES + " frames");
    }

    /** Polls for the next segment. */
    private HdlcFrame poll() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            write(HdlcFrame.RR | HdlcFrame.PF | received << 5, false, NOTHING);
            HdlcFrame frame = reply();
            if (frame != null && frame.isInformation()) {
                return frame;
            }
        }
        throw new LinkException(Kind.SILENT, "the rest of an answer did not come");
    }

    private HdlcFrame awaitNext() throws IOException {
        HdlcFrame frame = reply();
        return frame != null ? frame : poll();
    }

    /** The meter confirmed the request with RR: it needs time, so wait a little, then poll. */
    private void awaitAnswer() throws IOException {
        HdlcFrame frame = reply(new Wait(frameTimeout.compareTo(PAUSE) < 0 ? frameTimeout : PAUSE));
        if (frame == null) {
            write(HdlcFrame.RR | HdlcFrame.PF | received << 5, false, NOTHING);
            frame = reply();
        }
        if (frame != null) {
            answer = frame;
        }
    }

    /** The next frame that means progress: I in sequence, RR or RNR; null after the frame timeout. */
    private HdlcFrame reply() throws IOException {
        return reply(new Wait(frameTimeout));
    }

    private HdlcFrame reply(Wait wait) throws IOException {
        for (HdlcFrame frame = next(wait); frame != null; frame = next(wait)) {
            if (frame.isInformation()) {
                if (frame.sendSequence() == received) {
                    return confirmed(frame);
                }
                LOG.debug("frame {} again, expected {}", frame.sendSequence(), received);
                again(frame);
            } else if (frame.isReceiveReady() || frame.isReceiveNotReady()) {
                return frame;
            } else if (frame.unnumbered() == HdlcFrame.DM || frame.unnumbered() == HdlcFrame.FRMR) {
                throw broken(frame.unnumbered() == HdlcFrame.DM ? "DM" : "frame reject");
            }
        }
        return null;
    }

    private HdlcFrame confirmed(HdlcFrame frame) throws LinkException {
        if (frame.receiveSequence() != sent) {
            throw broken("an answer with N(R) " + frame.receiveSequence() + ", expected " + sent);
        }
        return frame;
    }

    private LinkException broken(String why) {
        connected = false;
        return new LinkException(Kind.BROKEN, "HDLC connection lost: " + why);
    }

    private static byte[] withoutLlc(byte[] pdu) throws LinkException {
        if (pdu.length <= LLC_RESPONSE.length
                || !Arrays.equals(pdu, 0, LLC_RESPONSE.length, LLC_RESPONSE, 0, LLC_RESPONSE.length)) {
            throw new LinkException(Kind.GARBLED, "an answer without the LLC header E6 E7 00");
        }
        return Arrays.copyOfRange(pdu, LLC_RESPONSE.length, pdu.length);
    }

    private void write(int control, boolean segmented, byte[] information) throws IOException {
        try {
            channel.write(HdlcFrame.request(server, client, control, segmented, information)
                    .encoded());
            frames++;
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, "could not send: " + e.getMessage(), e);
        }
    }

    /** Time for one frame: bytes that arrive prolong it, up to three times, so that a slow line is not cut off. */
    private final class Wait {
        private final long span;
        private final long last;
        private long until;

        Wait(Duration time) {
            span = time.toNanos();
            until = System.nanoTime() + span;
            last = until + span * (TRIES - 1);
        }

        Duration left() {
            return Duration.ofNanos(Math.max(0, Math.min(until, last) - System.nanoTime()));
        }

        void prolong() {
            until = System.nanoTime() + span;
        }
    }

    /** The next frame from our meter to us, or null when the wait is over. */
    private HdlcFrame next(Wait wait) throws IOException {
        while (true) {
            HdlcFrame frame = decoder.next();
            if (frame == null) {
                Duration left = wait.left();
                int count = left.isZero() ? 0 : read(left);
                if (count > 0) {
                    wait.prolong();
                    decoder.feed(chunk, count);
                    continue;
                }
                decoder.abandon();
                frame = decoder.next();
                if (frame == null) {
                    return null;
                }
            }
            if (isPush(frame)) {
                pushed(frame);
            } else if (frame.from(server, client)) {
                frames++;
                return frame;
            } else {
                // A neighbour's, or our own as an echo.
                strays.noise(frame.encoded().length);
            }
        }
    }

    /** Before a request: late frames are of no use, what was pushed meanwhile is. */
    private void drain() throws LinkException {
        drain(Duration.ZERO);
    }

    private void drain(Duration wait) throws LinkException {
        int all = 0;
        int count;
        do {
            // What came with the last frame stands in the decoder already.
            for (HdlcFrame frame = decoder.next(); frame != null; frame = decoder.next()) {
                if (isPush(frame)) {
                    pushed(frame);
                } else if (frame.isInformation() && frame.from(server, client)) {
                    again(frame);
                }
            }
            count = read(wait);
            all += count;
            decoder.feed(chunk, count);
        } while (count > 0 && all < MAX_DRAINED);
        decoder.clear();
        strays.noise(decoder.dropped() - told);
        told = decoder.dropped();
    }

    /** A frame with a number that was taken before; with other content it is of another device at the same address. */
    private void again(HdlcFrame frame) {
        boolean same = frame.sendSequence() == (received + 7 & 7);
        if (same && accepted.length > 0 && !Arrays.equals(accepted, frame.information())) {
            strays.twice();
        }
    }

    @Override
    public void settle() throws IOException {
        drain(PAUSE);
    }

    private static boolean isPush(HdlcFrame frame) {
        return !frame.toServer() && frame.unnumbered() == HdlcFrame.UI && frame.information().length > 0;
    }

    private void pushed(HdlcFrame frame) {
        try {
            strays.found(MeterAddress.Hdlc.told(frame.server()), withoutLlc(frame.information()));
        } catch (LinkException noPush) {
            LOG.debug("an unnumbered frame that is no push: {}", noPush.getMessage());
        }
    }

    private int read(Duration left) throws LinkException {
        try {
            return channel.read(chunk, left);
        } catch (SocketTimeoutException e) {
            return 0;
        } catch (InterruptedIOException e) {
            throw new LinkException(Kind.CANCELLED, "interrupted", e);
        } catch (IOException e) {
            throw new LinkException(Kind.CLOSED, e.getMessage(), e);
        }
    }

    /** DISC, and a short wait for its answer so that it does not disturb the next meter on the line. */
    @Override
    public void close() {
        if (connected && channel.isOpen()) {
            connected = false;
            try {
                decoder.clear();
                write(HdlcFrame.DISC | HdlcFrame.PF, false, NOTHING);
                next(new Wait(frameTimeout.compareTo(FAREWELL) < 0 ? frameTimeout : FAREWELL));
            } catch (IOException e) {
                LOG.debug("while disconnecting: {}", e.toString());
            }
        }
        if (signOn.isPresent() && channel instanceof SerialLine line && channel.isOpen()) {
            try {
                line.use(line.settings());
            } catch (IOException e) {
                LOG.debug("while going back to the port's own speed: {}", e.toString());
            }
        }
    }
}
