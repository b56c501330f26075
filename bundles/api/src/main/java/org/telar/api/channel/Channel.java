package org.telar.api.channel;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** An open way to one or several meters. One reader and one writer at a time. */
public interface Channel extends Closeable {
    /** Writes all bytes. On a datagram channel the array is one datagram. */
    void write(byte[] bytes) throws IOException;

    /**
     * Reads what is there, waiting for the first byte.
     *
     * @return number of bytes put into {@code into}, at least 1
     * @throws java.net.SocketTimeoutException when nothing came within {@code timeout}
     * @throws java.io.EOFException when the other side closed
     */
    int read(byte[] into, Duration timeout) throws IOException;

    /** True while the channel can still be used; a closed or broken one is replaced by its owner. */
    boolean isOpen();

    /** True when it carries datagrams, which get lost or come late: then resending is the user's to do. */
    default boolean isDatagram() {
        return false;
    }

    @Override
    void close();
}
