package org.telar.meter.dlms.internal;

import java.io.IOException;

/** Why an exchange with a meter failed, before it is told in the terms of the domain (D13). */
final class LinkException extends IOException {
    private static final long serialVersionUID = 1L;

    enum Kind {
        /** No answer within the timeout, resends included. */
        SILENT,
        /** The channel is closed or broke. */
        CLOSED,
        /** The link layer lost its state: disconnected mode, frame reject, sequence lost. A new association helps. */
        BROKEN,
        /** What came is not DLMS, or not within bounds. */
        GARBLED,
        /** The meter expects an invocation counter above {@link #counter()}. */
        COUNTER,
        /** The meter refused the service with an exception-response or confirmed-service-error. */
        REFUSED,
        /** An answer does not decrypt under our keys. */
        UNDECIPHERABLE,
        /** No airtime any more: cancelled, or past the job's deadline. */
        CANCELLED
    }

    private final Kind kind;
    private final long counter;

    LinkException(Kind kind, String message) {
        this(kind, message, -1, null);
    }

    LinkException(Kind kind, String message, Throwable cause) {
        this(kind, message, -1, cause);
    }

    private LinkException(Kind kind, String message, long counter, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.counter = counter;
    }

    static LinkException counterRefused(long seen) {
        return new LinkException(Kind.COUNTER, "the meter expects an invocation counter above " + seen, seen, null);
    }

    Kind kind() {
        return kind;
    }

    /** The counter that the meter has seen, or -1. */
    long counter() {
        return counter;
    }
}
