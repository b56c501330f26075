package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A TCP connection with DLMS wrapper frames (IEC 62056-47); what is no wrapper frame ends it. */
final class WrapperWire implements Wire {
    private final FrameHandler handler;
    private ByteBuffer pending = ByteBuffer.allocate(1024);

    WrapperWire(FrameHandler handler) {
        this.handler = handler;
    }

    @Override
    public void received(byte[] bytes, int length, Sink sink) throws IOException {
        if (pending.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(pending.capacity() * 2, pending.position() + length));
            pending = larger.put(pending.flip());
        }
        pending.put(bytes, 0, length).flip();
        for (Optional<WrapperFrame> frame = WrapperFrame.next(pending);
                frame.isPresent();
                frame = WrapperFrame.next(pending)) {
            handler.handle(frame.get(), sink);
        }
        pending.compact();
    }

    @Override
    public void opened(Sink sink) throws IOException {
        handler.opened(sink);
    }

    @Override
    public void closed() {
        handler.closed();
    }
}
