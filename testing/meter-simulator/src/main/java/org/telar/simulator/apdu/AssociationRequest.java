package org.telar.simulator.apdu;

import java.nio.ByteBuffer;

/**
 * A parsed AARQ.
 *
 * @param context last arc of the application context name: 1 plain, 3 ciphered
 * @param mechanism last arc of the mechanism name: 0 none, 1 LLS, 5 HLS5-GMAC
 * @param callingTitle client's system title, empty if absent
 * @param authenticationValue password or challenge, empty if absent
 * @param userInformation the xDLMS initiate request, perhaps ciphered
 */
record AssociationRequest(
        int context, int mechanism, byte[] callingTitle, byte[] authenticationValue, byte[] userInformation) {
    private static final int OID_LENGTH = 7;
    private static final byte[] NOTHING = {};

    /**
     * Parses an AARQ.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static AssociationRequest parse(byte[] apdu) {
        try {
            return read(apdu);
        } catch (java.nio.BufferUnderflowException e) {
            throw new IllegalArgumentException("AARQ ends in the middle of a field", e);
        }
    }

    private static AssociationRequest read(byte[] apdu) {
        ByteBuffer in = ByteBuffer.wrap(apdu);
        in.get();
        ByteBuffer body = Ber.content(in);
        int context = 0;
        int mechanism = 0;
        byte[] title = NOTHING;
        byte[] secret = NOTHING;
        byte[] user = NOTHING;
        while (body.hasRemaining()) {
            int tag = body.get() & 0xFF;
            ByteBuffer content = Ber.content(body);
            switch (tag) {
                case 0xA1 -> context = lastArc(inner(content));
                case 0xA6 -> title = Ber.rest(inner(content));
                case 0x8B -> mechanism = lastArc(content);
                case 0xAC -> secret = Ber.rest(inner(content));
                case 0xBE -> user = Ber.rest(inner(content));
                default -> {
                    // Fields that a meter of this kind does not look at.
                }
            }
        }
        return new AssociationRequest(context, mechanism, title, secret, user);
    }

    private static ByteBuffer inner(ByteBuffer content) {
        content.get();
        return Ber.content(content);
    }

    private static int lastArc(ByteBuffer oid) {
        if (oid.remaining() != OID_LENGTH) {
            throw new IllegalArgumentException("object identifier of " + oid.remaining() + " bytes");
        }
        return oid.get(oid.position() + OID_LENGTH - 1);
    }
}
