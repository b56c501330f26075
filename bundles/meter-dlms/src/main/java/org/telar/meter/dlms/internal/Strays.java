package org.telar.meter.dlms.internal;

/** Takes notifications that a link finds beside the answers it waits for. Called in the thread of the exchange. */
@FunctionalInterface
interface Strays {
    /** For links that nobody listens to. */
    Strays NONE = (source, apdu) -> {};

    /**
     * @param source the sender's address, in the form of the meter table
     * @param apdu a notification, complete
     */
    void found(String source, byte[] apdu);
}
