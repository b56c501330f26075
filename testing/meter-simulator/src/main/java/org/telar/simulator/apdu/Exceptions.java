package org.telar.simulator.apdu;

/** Exception-response APDUs (IEC 62056-5-3): state error, service error. */
final class Exceptions {
    /** Service not allowed, operation not possible. */
    static final byte[] NOT_ASSOCIATED = {(byte) Tag.EXCEPTION_RESPONSE, 1, 1};
    /** Service unknown, service not supported. */
    static final byte[] NOT_SUPPORTED = {(byte) Tag.EXCEPTION_RESPONSE, 2, 2};
    /** Service not allowed, deciphering error. */
    static final byte[] DECIPHERING = {(byte) Tag.EXCEPTION_RESPONSE, 1, 5};

    private Exceptions() {}
}
