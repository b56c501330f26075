package org.telar.simulator.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A DLMS wrapper frame (IEC 62056-47): version 1, two addresses, length, content.
 *
 * @param source 0 to 65,535
 * @param destination 0 to 65,535
 * @param content up to 65,535 bytes
 */
record WrapperFrame(int source, int destination, byte[] content) {
    static final int HEADER = 8;

    private static final int VERSION = 1;

    byte[] bytes() {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + content.length);
        frame.putShort((short) VERSION).putShort((short) source).putShort((short) destination);
        frame.putShort((short) content.length).put(content);
        return frame.array();
    }

    /** The frame at the buffer's position, which moves behind it; empty if more bytes are needed. */
    static Optional<WrapperFrame> next(ByteBuffer in) throws IOException {
        if (in.remaining() < HEADER) {
            return Optional.empty();
        }
        int start = in.position();
        if (in.getShort(start) != VERSION) {
            throw new IOException("not a DLMS wrapper frame");
        }
        int size = in.getShort(start + 6) & 0xFFFF;
        if (in.remaining() < HEADER + size) {
            return Optional.empty();
        }
        byte[] content = new byte[size];
        in.position(start + HEADER);
        in.get(content);
        return Optional.of(new WrapperFrame(in.getShort(start + 2) & 0xFFFF, in.getShort(start + 4) & 0xFFFF, content));
    }
}
