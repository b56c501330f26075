package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;

/** Writes AARE APDUs. */
final class AssociationResponse {
    static final int NO_REASON = 1;
    static final int CONTEXT_NOT_SUPPORTED = 2;
    static final int MECHANISM_NOT_RECOGNISED = 11;
    static final int AUTHENTICATION_FAILURE = 13;
    static final int AUTHENTICATION_REQUIRED = 14;

    private AssociationResponse() {}

    /** A refusal: rejected-permanent with a diagnostic of the ACSE service user. */
    static byte[] rejected(int context, int diagnostic) {
        ByteArrayOutputStream body = head(context, 1, diagnostic);
        return wrap(body);
    }

    /** Accepted, without authentication or with a right password. */
    static byte[] accepted(int context, byte[] userInformation) {
        ByteArrayOutputStream body = head(context, 0, 0);
        user(body, userInformation);
        return wrap(body);
    }

    /** Accepted so far: the client has still to answer our challenge. */
    static byte[] challenged(int context, int mechanism, byte[] ownTitle, byte[] challenge, byte[] userInformation) {
        ByteArrayOutputStream body = head(context, 0, AUTHENTICATION_REQUIRED);
        Ber.element(body, 0xA4, octets(ownTitle));
        body.writeBytes(new byte[] {(byte) 0x88, 2, 7, (byte) 0x80});
        Ber.element(body, 0x89, oid(2, mechanism));
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        Ber.element(value, 0x80, challenge);
        Ber.element(body, 0xAA, value.toByteArray());
        user(body, userInformation);
        return wrap(body);
    }

    private static ByteArrayOutputStream head(int context, int result, int diagnostic) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        Ber.element(name, 6, oid(1, context));
        Ber.element(body, 0xA1, name.toByteArray());
        body.writeBytes(new byte[] {(byte) 0xA2, 3, 2, 1, (byte) result});
        body.writeBytes(new byte[] {(byte) 0xA3, 5, (byte) 0xA1, 3, 2, 1, (byte) diagnostic});
        return body;
    }

    private static void user(ByteArrayOutputStream body, byte[] information) {
        Ber.element(body, 0xBE, octets(information));
    }

    private static byte[] octets(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Ber.element(out, 4, bytes);
        return out.toByteArray();
    }

    private static byte[] oid(int kind, int arc) {
        return new byte[] {0x60, (byte) 0x85, 0x74, 5, 8, (byte) kind, (byte) arc};
    }

    private static byte[] wrap(ByteArrayOutputStream body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Ber.element(out, Tag.AARE, body.toByteArray());
        return out.toByteArray();
    }
}
