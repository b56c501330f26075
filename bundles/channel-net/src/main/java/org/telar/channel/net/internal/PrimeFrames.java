package org.telar.channel.net.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

import org.telar.api.channel.NodeChannel.Node;

/**
 * Frames of a PRIME base-node service: {@code 0001 source destination length content}, all of 16 bits. Whatever does not
 * begin so is skipped byte by byte. Holds at most one frame.
 */
final class PrimeFrames {
    private static final int HEADER = 8;
    private static final int VERSION = 1;
    private static final int NEW_DEVICE = 1;
    private static final int REMOVE_DEVICE = 2;
    private static final int EUI = 6;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private byte[] buffer = new byte[16 * 1024];
    private int begin;
    private int end;

    /** A frame and who it goes from and to. */
    record Frame(int source, int destination, byte[] content) {}

    /**
     * What the base node told.
     *
     * @param id node it is about
     * @param joined the node that has it now; empty when it left
     */
    record Change(int id, Optional<Node> joined) {}

    static byte[] frame(int source, int destination, byte[] content) {
        return ByteBuffer.allocate(HEADER + content.length)
                .putShort((short) VERSION)
                .putShort((short) source)
                .putShort((short) destination)
                .putShort((short) content.length)
                .put(content)
                .array();
    }

    void feed(byte[] bytes, int count) {
        System.arraycopy(buffer, begin, buffer, 0, end - begin);
        end -= begin;
        begin = 0;
        if (end + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, end + count);
        }
        System.arraycopy(bytes, 0, buffer, end, count);
        end += count;
    }

    /** The next frame, or null when more bytes are needed. */
    Frame next() {
        while (end - begin >= HEADER) {
            int length = word(6);
            if (word(0) != VERSION || length == 0) {
                begin++;
            } else if (end - begin < HEADER + length) {
                return null;
            } else {
                byte[] content = Arrays.copyOfRange(buffer, begin + HEADER, begin + HEADER + length);
                Frame frame = new Frame(word(2), word(4), content);
                begin += HEADER + length;
                return frame;
            }
        }
        return null;
    }

    private int word(int offset) {
        return (buffer[begin + offset] & 0xFF) << 8 | buffer[begin + offset + 1] & 0xFF;
    }

    /** Empty for anything but NEW_DEVICE and REMOVE_DEVICE of the right length. */
    static Optional<Change> change(byte[] content) {
        if (content.length >= 3 && content[0] == REMOVE_DEVICE) {
            return Optional.of(new Change(id(content, 1), Optional.empty()));
        }
        boolean device = content.length >= 6 && content[0] == NEW_DEVICE;
        int name = device ? content[5] & 0xFF : 0;
        if (!device || content.length != 6 + name + EUI) {
            return Optional.empty();
        }
        String identity = new String(content, 6, name, StandardCharsets.US_ASCII).strip();
        String eui = HEX.formatHex(content, 6 + name, 6 + name + EUI);
        Node node = new Node(id(content, 1), id(content, 3), identity, eui);
        return Optional.of(new Change(node.id(), Optional.of(node)));
    }

    private static int id(byte[] content, int at) {
        return (content[at] & 0xFF) << 8 | content[at + 1] & 0xFF;
    }
}
