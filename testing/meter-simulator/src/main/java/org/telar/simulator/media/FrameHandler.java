package org.telar.simulator.media;

import java.io.IOException;

/** What is done with the wrapper frames of one connection. Served by one thread at a time. */
interface FrameHandler {
    void handle(WrapperFrame frame, Wire.Sink sink) throws IOException;

    /** The connection is there. */
    default void opened(Wire.Sink sink) throws IOException {}

    /** The connection has gone. */
    default void closed() {}
}
