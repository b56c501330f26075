package org.telar.meter.dlms.internal;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Carries APDUs to one meter and back over a shared channel. Whoever calls holds the medium's airtime; a call ends
 * within its timeout.
 */
interface ApduLink extends Closeable {
    /** Prepares the link; nothing to do on a link without a connection of its own. */
    void open() throws IOException;

    /** Sends a request. Frames that wait from before are dropped. */
    void send(byte[] apdu) throws IOException;

    /** The next complete APDU from the meter, at most {@link #MAX_APDU} bytes. */
    byte[] receive() throws IOException;

    /** Changes the longest wait for one answer; a link that waits for frames and not for answers keeps its own. */
    default void waitFor(Duration answer) {}

    /** Looks at what waits unasked, without sending anything. */
    default void settle() throws IOException {}

    /** Says good-bye if the link has a way to. Never throws. */
    @Override
    void close();

    /** The largest APDU that a meter may send: the client's maximum receive PDU size, 0xFFFF, and ciphering. */
    int MAX_APDU = 0xFFFF + 64;
}
