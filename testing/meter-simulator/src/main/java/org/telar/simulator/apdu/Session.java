package org.telar.simulator.apdu;

import java.nio.BufferUnderflowException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

import org.telar.simulator.cosem.Catalogue;
import org.telar.simulator.fleet.FaultKind;
import org.telar.simulator.fleet.Faults;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel.Auth;

/**
 * One client's association with one meter on one connection: takes request APDUs, gives response APDUs, or nothing when
 * a real meter would stay silent. Not thread safe; the caller serves one APDU at a time.
 */
public final class Session {
    private enum State {
        CLOSED,
        CHALLENGED,
        OPEN
    }

    private static final int PLAIN_CONTEXT = 1;
    private static final int CIPHERED_CONTEXT = 3;
    private static final int LOWEST = 0;
    private static final int LOW = 1;
    private static final int HIGH_GMAC = 5;
    private static final int CHALLENGE = 16;
    private static final int MIN_CHALLENGE = 8;
    private static final int MAX_CHALLENGE = 64;
    private static final int MAX_PDU = 0xFFFF;
    private static final byte[] RELEASED = {Tag.RLRE, 3, (byte) 0x80, 1, 0};
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Meter meter;
    private final int clientSap;
    private final int serverPdu;
    private final RequestListener listener;
    private State state = State.CLOSED;
    private Optional<Protection> protection = Optional.empty();
    private Services services;
    private byte[] clientChallenge = {};
    private byte[] ownChallenge = {};
    private Optional<byte[]> previous = Optional.empty();

    /**
     * A session that is not associated yet.
     *
     * @param meter who answers
     * @param clientSap client address
     * @param serverPdu largest APDU the meter takes and gives
     * @param listener counts what is answered
     */
    public Session(Meter meter, int clientSap, int serverPdu, RequestListener listener) {
        this.meter = meter;
        this.clientSap = clientSap;
        this.serverPdu = serverPdu;
        this.listener = listener;
        this.services = new Services(meter, clientSap, serverPdu);
    }

    /** Whose session this is. */
    public Meter meter() {
        return meter;
    }

    /** Answers an APDU; empty if the meter drops it silently. */
    public Optional<byte[]> handle(byte[] apdu) {
        synchronized (meter) {
            Faults faults = meter.faults();
            Optional<byte[]> reply = serve(apdu).filter(bytes -> bytes.length > 0);
            boolean stale = faults.strikes(FaultKind.STALE).isPresent();
            Optional<byte[]> before = previous;
            previous = faults.pending(FaultKind.STALE) ? reply : Optional.empty();
            return stale ? before : reply;
        }
    }

    private Optional<byte[]> serve(byte[] apdu) {
        int tag = apdu.length == 0 ? -1 : apdu[0] & 0xFF;
        return switch (tag) {
            case Tag.AARQ -> associate(apdu);
            case Tag.RLRQ -> release();
            default -> Tag.ciphered(tag) ? ciphered(tag, apdu) : plain(tag, apdu);
        };
    }

    /** A counter that was used before: silence, or the exception that some meters give (D8). */
    private Optional<byte[]> replayed() {
        return meter.faults().strikes(FaultKind.COUNTER_EXCEPTION).isPresent()
                ? Optional.of(Exceptions.counter(meter.acceptedCounter(clientSap)))
                : Optional.empty();
    }

    private Optional<byte[]> release() {
        state = State.CLOSED;
        protection = Optional.empty();
        return Optional.of(RELEASED);
    }

    private Optional<byte[]> associate(byte[] apdu) {
        release();
        AssociationRequest request;
        try {
            request = AssociationRequest.parse(apdu);
        } catch (IllegalArgumentException e) {
            return Optional.of(AssociationResponse.rejected(PLAIN_CONTEXT, AssociationResponse.NO_REASON));
        }
        Auth wanted = clientSap == Catalogue.PUBLIC_CLIENT
                ? Auth.NONE
                : meter.spec().model().auth();
        if (clientSap != Catalogue.PUBLIC_CLIENT && clientSap != meter.spec().clientSap()) {
            return rejected(request, AssociationResponse.NO_REASON);
        }
        int context = wanted == Auth.HLS5 ? CIPHERED_CONTEXT : PLAIN_CONTEXT;
        if (request.context() != context) {
            return rejected(request, AssociationResponse.CONTEXT_NOT_SUPPORTED);
        }
        try {
            return switch (wanted) {
                case NONE -> open(request, LOWEST);
                case LLS -> password(request);
                case HLS5 -> challenge(request);
            };
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            release();
            return rejected(request, AssociationResponse.NO_REASON);
        }
    }

    private static Optional<byte[]> rejected(AssociationRequest request, int diagnostic) {
        int context = request.context() == 0 ? PLAIN_CONTEXT : request.context();
        return Optional.of(AssociationResponse.rejected(context, diagnostic));
    }

    private Optional<byte[]> password(AssociationRequest request) {
        byte[] expected = meter.credentials().password();
        if (request.mechanism() == LOW && !MessageDigest.isEqual(expected, request.authenticationValue())) {
            return rejected(request, AssociationResponse.AUTHENTICATION_FAILURE);
        }
        return open(request, LOW);
    }

    private Optional<byte[]> open(AssociationRequest request, int mechanism) {
        if (request.mechanism() != mechanism) {
            return rejected(request, AssociationResponse.MECHANISM_NOT_RECOGNISED);
        }
        Initiate initiate = Initiate.parse(request.userInformation());
        begin(initiate, 0);
        opened();
        return Optional.of(AssociationResponse.accepted(PLAIN_CONTEXT, initiate.response(serverPdu)));
    }

    private Optional<byte[]> challenge(AssociationRequest request) {
        int length = request.authenticationValue().length;
        if (request.mechanism() != HIGH_GMAC || length < MIN_CHALLENGE || length > MAX_CHALLENGE) {
            return rejected(request, AssociationResponse.MECHANISM_NOT_RECOGNISED);
        }
        byte[] user = request.userInformation();
        if (request.callingTitle().length != 8 || user.length == 0 || user[0] != Tag.GLO_INITIATE_REQUEST) {
            return rejected(request, AssociationResponse.AUTHENTICATION_FAILURE);
        }
        Protection keys = new Protection(meter, clientSap, request.callingTitle());
        Initiate initiate;
        try {
            initiate = Initiate.parse(keys.open(user));
        } catch (Refusal e) {
            return e.kind() == Refusal.Kind.REPLAY
                    ? replayed()
                    : rejected(request, AssociationResponse.AUTHENTICATION_FAILURE);
        }
        protection = Optional.of(keys);
        clientChallenge = request.authenticationValue();
        ownChallenge = new byte[CHALLENGE];
        RANDOM.nextBytes(ownChallenge);
        begin(initiate, Protection.OVERHEAD);
        state = State.CHALLENGED;
        byte[] response = keys.seal(Tag.GLO_INITIATE_RESPONSE, initiate.response(serverPdu));
        return Optional.of(AssociationResponse.challenged(
                CIPHERED_CONTEXT, HIGH_GMAC, meter.spec().credentials().systemTitle(), ownChallenge, response));
    }

    private void begin(Initiate initiate, int overhead) {
        int clientPdu = initiate.maxPdu() == 0 ? MAX_PDU : initiate.maxPdu();
        services = new Services(meter, clientSap, Math.min(clientPdu, serverPdu) - overhead);
    }

    private void opened() {
        state = State.OPEN;
        listener.associated(meter);
    }

    private Optional<byte[]> ciphered(int tag, byte[] apdu) {
        if (protection.isEmpty()) {
            return Optional.of(Exceptions.NOT_ASSOCIATED);
        }
        Protection keys = protection.get();
        byte[] request;
        try {
            request = keys.open(apdu);
        } catch (Refusal e) {
            return e.kind() == Refusal.Kind.REPLAY ? replayed() : Optional.of(Exceptions.DECIPHERING);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.of(Exceptions.DECIPHERING);
        }
        if (request.length == 0 || (request[0] & 0xFF) != tag - Tag.GLO) {
            return Optional.of(Exceptions.NOT_SUPPORTED);
        }
        byte[] response;
        if (state == State.CHALLENGED) {
            response = prove(keys, request);
        } else {
            response = services.handle(request);
            listener.answered(meter);
        }
        if (response.length == 0) {
            return Optional.empty();
        }
        int responseTag = response[0] & 0xFF;
        return Optional.of(
                responseTag == Tag.EXCEPTION_RESPONSE ? response : keys.seal(responseTag + Tag.GLO, response));
    }

    /** The last two passes of HLS5: an ACTION on the association object. */
    private byte[] prove(Protection keys, byte[] request) {
        Optional<byte[]> answer = HlsAction.answer(request);
        if (answer.isEmpty()) {
            return Exceptions.NOT_ASSOCIATED;
        }
        if (!keys.proves(answer.get(), ownChallenge)) {
            release();
            return HlsAction.refused(request);
        }
        opened();
        byte[] proof = keys.prove(clientChallenge);
        Arrays.fill(ownChallenge, (byte) 0);
        return HlsAction.accepted(request, proof);
    }

    private Optional<byte[]> plain(int tag, byte[] apdu) {
        boolean known = tag == Tag.GET_REQUEST || tag == Tag.SET_REQUEST || tag == Tag.ACTION_REQUEST;
        if (!known) {
            return Optional.of(Exceptions.NOT_SUPPORTED);
        }
        if (state != State.OPEN || protection.isPresent()) {
            return Optional.of(Exceptions.NOT_ASSOCIATED);
        }
        byte[] response = services.handle(apdu);
        listener.answered(meter);
        return Optional.of(response);
    }
}
