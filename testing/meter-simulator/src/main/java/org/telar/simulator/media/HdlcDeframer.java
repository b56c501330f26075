package org.telar.simulator.media;

import java.util.Arrays;
import java.util.Optional;

/** Finds frames in a byte stream; noise and broken frames are skipped, the next good frame is found. Bounded. */
final class HdlcDeframer {
    private static final int MAX_FRAME = 0x7FF;
    private static final int MIN_FRAME = 7;
    private static final int FORMAT = 0xA0;
    private static final int TYPE_MASK = 0xF0;

    private byte[] buffer = new byte[2 * (MAX_FRAME + 2)];
    private int size;

    void feed(byte[] bytes, int from, int length) {
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, size + length);
        }
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }

    /**
     * The next good frame; empty if more bytes are needed. Call until empty after each {@link #feed}. A frame that was cut
     * does not hide the whole one behind it: resynchronisation takes one frame.
     */
    Optional<HdlcFrame> next() {
        int keep = size;
        for (int at = 0; at < size; at++) {
            if (buffer[at] != HdlcFrame.FLAG) {
                continue;
            }
            int end = end(at);
            if (end >= size) {
                keep = Math.min(keep, at);
            } else if (end > 0 && buffer[end] == HdlcFrame.FLAG) {
                Optional<HdlcFrame> found = HdlcFrame.parse(Arrays.copyOfRange(buffer, at + 1, end));
                if (found.isPresent()) {
                    // The closing flag may open the next frame.
                    drop(end);
                    return found;
                }
            }
        }
        drop(keep);
        return Optional.empty();
    }

    /** Where the closing flag of a frame must be; beyond the buffer if not all is there; 0 if this is no frame. */
    private int end(int at) {
        if (at + 2 >= size) {
            return size;
        }
        int length = (buffer[at + 1] & 7) << 8 | buffer[at + 2] & 0xFF;
        boolean frame = (buffer[at + 1] & TYPE_MASK) == FORMAT && length >= MIN_FRAME;
        return frame ? at + 1 + length : 0;
    }

    private void drop(int bytes) {
        System.arraycopy(buffer, bytes, buffer, 0, size - bytes);
        size -= bytes;
    }
}
