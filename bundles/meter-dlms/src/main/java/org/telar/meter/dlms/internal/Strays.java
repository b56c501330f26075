package org.telar.meter.dlms.internal;

/** Takes what a link finds beside the answers it waits for. Called in the thread of the exchange. */
interface Strays {
    /** For links that nobody listens to. */
    Strays NONE = (source, apdu) -> {};

    /**
     * A notification.
     *
     * @param source the sender's address, in the form of the meter table
     * @param apdu complete
     */
    void found(String source, byte[] apdu);

    /** Bytes that belong to no frame of ours. */
    default void noise(long bytes) {}

    /** A frame had to be sent once more. */
    default void resent() {}

    /** Two different answers came to one request, from one address: two devices have it (F27). */
    default void twice() {}
}
