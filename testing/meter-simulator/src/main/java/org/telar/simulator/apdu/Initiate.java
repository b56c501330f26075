package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The xDLMS initiate request: what the client proposes.
 *
 * @param conformance 24 bits, bit 0 of the standard first
 * @param maxPdu largest APDU that the client takes, 0 for any
 */
record Initiate(int conformance, int maxPdu) {
    /** Block transfer with get, multiple references, get, set, selective access, action. */
    static final int SERVER_CONFORMANCE = 0x00121D;

    private static final int DLMS_VERSION = 6;

    /**
     * Parses an initiate request.
     *
     * @throws IllegalArgumentException if it is malformed or of another DLMS version
     */
    static Initiate parse(byte[] apdu) {
        try {
            ByteBuffer in = ByteBuffer.wrap(apdu);
            if ((in.get() & 0xFF) != Tag.INITIATE_REQUEST) {
                throw new IllegalArgumentException("not an initiate request");
            }
            if (in.get() != 0) {
                Ber.content(in);
            }
            if (in.get() != 0) {
                in.get();
            }
            if (in.get() != 0) {
                in.get();
            }
            if (in.get() != DLMS_VERSION || in.getShort() != 0x5F1F) {
                throw new IllegalArgumentException("not DLMS version 6");
            }
            in.getShort();
            int conformance = (in.get() & 0xFF) << 16 | in.getShort() & 0xFFFF;
            return new Initiate(conformance, in.getShort() & 0xFFFF);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("initiate request ends in the middle of a field", e);
        }
    }

    /** The initiate response: what both sides can do, and the largest APDU that the meter takes. */
    byte[] response(int serverPdu) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int agreed = conformance & SERVER_CONFORMANCE;
        out.writeBytes(new byte[] {
            Tag.INITIATE_RESPONSE,
            0,
            DLMS_VERSION,
            0x5F,
            0x1F,
            4,
            0,
            (byte) (agreed >> 16),
            (byte) (agreed >> 8),
            (byte) agreed,
            (byte) (serverPdu >> 8),
            (byte) serverPdu,
            0,
            7
        });
        return out.toByteArray();
    }
}
