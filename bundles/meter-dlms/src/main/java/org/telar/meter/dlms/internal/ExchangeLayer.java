package org.telar.meter.dlms.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Consumer;

import org.openmuc.jdlms.RawMessageData.RawMessageDataBuilder;
import org.openmuc.jdlms.sessionlayer.client.SessionLayer;
import org.openmuc.jdlms.sessionlayer.client.SessionLayerListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.meter.Airtime;
import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * The session layer that jDLMS talks to. {@link #send} is a whole exchange: it waits for airtime, sends, receives,
 * checks the answer and hands it up, all in the caller's thread; so the response timer starts after the grant, nobody
 * waits in jDLMS, and there is no reader thread. Block boundaries are exchanges, where other jobs may get in between
 * (D14).
 */
final class ExchangeLayer implements SessionLayer {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeLayer.class);
    private static final int AARQ = 0x60;
    private static final int AARE = 0x61;
    private static final int RLRQ = 0x62;

    /** Pushes and old answers that may come before one answer. */
    private static final int MAX_BESIDES = 16;

    /** GET, SET and ACTION requests; answers have tags that are four higher. */
    private static final int FIRST_REQUEST = 0xC0;

    private static final int LAST_REQUEST = 0xC3;
    private static final int INVOKE_ID = 2;

    private final ApduLink link;
    private final Airtime airtime;
    private final ApduInspector inspector;
    private final CounterBlock counters;
    private final Clock clock;
    private final boolean datagrams;
    private final Consumer<byte[]> pushes;
    private final Besides besides;
    private byte[] associationAnswer = {};

    private SessionLayerListener listener;
    private IOException failure;
    private boolean opened;
    private boolean associated;
    private int roundTrips;
    private long bytesUp;
    private long bytesDown;
    private Instant middleOfFirst;

    /**
     * @param counters null for an association without ciphering
     * @param datagrams whether requests and answers may get lost on the way
     * @param pushes takes what our meter says before it answers
     * @param besides told of answers that are passed over
     */
    ExchangeLayer(
            ApduLink link,
            Airtime airtime,
            ApduInspector inspector,
            CounterBlock counters,
            Clock clock,
            boolean datagrams,
            Consumer<byte[]> pushes,
            Besides besides) {
        this.besides = besides;
        this.pushes = pushes;
        this.datagrams = datagrams;
        this.link = link;
        this.airtime = airtime;
        this.inspector = inspector;
        this.counters = counters;
        this.clock = clock;
    }

    /** Hears of answers that are none to what was asked last. */
    interface Besides {
        /** @param ofAnother true for a second, different answer to the association request */
        void passedOver(boolean ofAnother);
    }

    @Override
    public void startListening(SessionLayerListener eventListener) throws IOException {
        listener = eventListener;
        try (Airtime.Slot slot = acquire()) {
            link.open();
            opened = true;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void send(byte[] buffer, int offset, int length, RawMessageDataBuilder unused) throws IOException {
        if (failure != null) {
            throw new LinkException(Kind.BROKEN, "the association is over: " + failure.getMessage(), failure);
        }
        byte[] request = Arrays.copyOfRange(buffer, offset, offset + length);
        byte[] response;
        try {
            if (counters != null) {
                request = counters.using(request);
            }
            response = exchange(request);
            inspector.check(response);
        } catch (IOException e) {
            failure = isRefusalOfOneRequest(e) || isLostDatagram(e) ? null : e;
            throw e;
        }
        count(request, response);
        listener.dataReceived(response, null);
    }

    /** An exception-response to a GET leaves the association as it is. */
    private boolean isRefusalOfOneRequest(IOException e) {
        return associated && e instanceof LinkException l && l.kind() == Kind.REFUSED;
    }

    /** On datagrams silence says nothing of the association: the request is asked again, with another counter. */
    private boolean isLostDatagram(IOException e) {
        return associated && datagrams && e instanceof LinkException l && l.kind() == Kind.SILENT;
    }

    private byte[] exchange(byte[] request) throws IOException {
        try (Airtime.Slot slot = acquire()) {
            Instant before = clock.instant();
            link.send(request);
            byte[] response = answer(request);
            if (middleOfFirst == null) {
                middleOfFirst =
                        before.plus(Duration.between(before, clock.instant()).dividedBy(2));
            }
            return response;
        }
    }

    /** The first that can be the answer: pushes are handed on, answers to earlier requests are passed over. */
    private byte[] answer(byte[] request) throws IOException {
        boolean old = false;
        for (int i = 0; i <= MAX_BESIDES; i++) {
            byte[] response;
            try {
                response = link.receive();
            } catch (LinkException e) {
                if (e.kind() == Kind.SILENT && old && inspector.isCiphered()) {
                    throw new LinkException(
                            Kind.UNDECIPHERABLE, "only answers under counters that were used before came", e);
                }
                throw e;
            }
            if (Notifications.is(response)) {
                pushes.accept(response);
            } else if (inspector.isOld(response) || isOfAnotherRequest(request, response)) {
                old = true;
                boolean another = response.length > 0 && (response[0] & 0xFF) == AARE;
                besides.passedOver(another && !Arrays.equals(response, associationAnswer));
            } else {
                if (response.length > 0 && (response[0] & 0xFF) == AARE) {
                    associationAnswer = response;
                }
                return response;
            }
        }
        throw new LinkException(Kind.GARBLED, "pushes or old answers without end instead of an answer");
    }

    /** An association answer is none to anything else; in clear, requests and answers carry an invoke id. */
    private static boolean isOfAnotherRequest(byte[] request, byte[] response) {
        if (response.length > 0 && (response[0] & 0xFF) == AARE) {
            return (request[0] & 0xFF) != AARQ;
        }
        boolean plain = request.length > INVOKE_ID
                && response.length > INVOKE_ID
                && (request[0] & 0xFF) >= FIRST_REQUEST
                && (request[0] & 0xFF) <= LAST_REQUEST
                && (response[0] & 0xFF) == (request[0] & 0xFF) + 4;
        return plain && (request[INVOKE_ID] & 0x0F) != (response[INVOKE_ID] & 0x0F);
    }

    /** Looks at what waits unasked. */
    void settle() {
        try (Airtime.Slot slot = acquire()) {
            link.settle();
        } catch (IOException e) {
            LOG.debug("while looking at what waits: {}", e.getMessage());
        }
    }

    private Airtime.Slot acquire() throws LinkException {
        try {
            return airtime.acquire();
        } catch (InterruptedIOException e) {
            throw new LinkException(Kind.CANCELLED, String.valueOf(e.getMessage()), e);
        }
    }

    private void count(byte[] request, byte[] response) {
        int tag = request[0] & 0xFF;
        bytesUp += request.length;
        bytesDown += response.length;
        if (associated && tag != AARQ && tag != RLRQ) {
            roundTrips++;
        }
    }

    /** True when requests and answers may get lost or come late. */
    boolean datagrams() {
        return datagrams;
    }

    /** False while not even the link below has answered. */
    boolean opened() {
        return opened;
    }

    /** From now on exchanges are round trips (D14), and a refusal does not end the association. */
    void associated() {
        associated = true;
    }

    /** Before a GET: how many results must come; the next exchange is its first. */
    void expect(int results) {
        inspector.expect(results);
        middleOfFirst = null;
    }

    /** Middle of the first exchange since {@link #expect}. */
    Instant middleOfFirst() {
        return middleOfFirst == null ? clock.instant() : middleOfFirst;
    }

    /** Request and response pairs since {@link #associated} (D14). */
    int roundTrips() {
        return roundTrips;
    }

    long bytesUp() {
        return bytesUp;
    }

    long bytesDown() {
        return bytesDown;
    }

    Aare aare() {
        return inspector.aare();
    }

    /** What ended the association, or null while it stands. */
    IOException failure() {
        return failure;
    }

    @Override
    public void close() {
        try (Airtime.Slot slot = acquire()) {
            link.close();
        } catch (LinkException cancelled) {
            LOG.debug("closed without airtime: {}", cancelled.getMessage());
        }
    }
}
