package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One wrapper frame a datagram; a datagram that is none, or has anything behind it, is dropped. */
final class DatagramWire implements Wire {
    private final FrameHandler handler;

    DatagramWire(FrameHandler handler) {
        this.handler = handler;
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
        Optional<WrapperFrame> frame = WrapperFrame.next(in);
        if (frame.isPresent() && !in.hasRemaining()) {
            handler.handle(frame.get(), sink);
        }
    }
}
