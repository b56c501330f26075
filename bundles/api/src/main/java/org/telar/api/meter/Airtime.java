package org.telar.api.meter;

import java.io.InterruptedIOException;

/**
 * The right to use a medium for one exchange. A session asks before every request APDU and closes the slot when the
 * response is complete or given up: block boundaries are where a job of a higher lane gets in between (D14).
 */
@FunctionalInterface
public interface Airtime {
    /** No competition: for tests and for media with one user. */
    Airtime FREE = () -> () -> {};

    /**
     * Blocks until the medium is granted. The response timer starts after it returns.
     *
     * @throws InterruptedIOException when the job was cancelled or its deadline passed
     */
    Slot acquire() throws InterruptedIOException;

    /** A granted exchange. Closing it twice is harmless. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }
}
