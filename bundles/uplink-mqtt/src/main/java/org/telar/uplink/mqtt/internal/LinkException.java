package org.telar.uplink.mqtt.internal;

/** A link that was not made, or a packet that could not be handed to it. */
final class LinkException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    LinkException(Reason reason, Throwable cause) {
        super(reason.text(), cause);
        this.reason = reason;
    }

    LinkException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
