package org.telar.simulator.apdu;

import java.nio.ByteBuffer;

/** Exception-response APDUs (IEC 62056-5-3): state error, service error. */
final class Exceptions {
    /** Service not allowed, operation not possible. */
    static final byte[] NOT_ASSOCIATED = {(byte) Tag.EXCEPTION_RESPONSE, 1, 1};
    /** Service unknown, service not supported. */
    static final byte[] NOT_SUPPORTED = {(byte) Tag.EXCEPTION_RESPONSE, 2, 2};
    /** Service not allowed, deciphering error. */
    static final byte[] DECIPHERING = {(byte) Tag.EXCEPTION_RESPONSE, 1, 5};

    private static final byte SERVICE_UNKNOWN = 2;
    private static final byte INVOCATION_COUNTER_ERROR = 6;

    private Exceptions() {}

    /** Invocation counter error: the client's counter must be above this one (D8). */
    static byte[] counter(long accepted) {
        return ByteBuffer.allocate(7)
                .put((byte) Tag.EXCEPTION_RESPONSE)
                .put(SERVICE_UNKNOWN)
                .put(INVOCATION_COUNTER_ERROR)
                .putInt((int) accepted)
                .array();
    }
}
