package org.telar.simulator.media;

import java.io.IOException;

/** One end of a byte stream: takes what came in and writes replies to a sink. Served by one thread at a time. */
interface Wire {
    /** Where replies go; may be called by any thread. */
    @FunctionalInterface
    interface Sink {
        void send(byte[] bytes) throws IOException;

        /** Ends the connection, where there is one. */
        default void hangUp() {}
    }

    /**
     * Takes bytes.
     *
     * @throws IOException if the stream makes no sense any more and must be closed
     */
    void received(byte[] bytes, int length, Sink sink) throws IOException;

    /**
     * The stream is there, before its first byte.
     *
     * @throws IOException if nobody wants it; it is closed then
     */
    default void opened(Sink sink) throws IOException {}

    /** The stream has ended. */
    default void closed() {}
}
