package org.telar.simulator.cosem;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A compact-array of structures (IEC 62056-5-3 §8, Data tag 19): type description once, then the values of all elements
 * without tags. Encoded by hand: Gurux's encoder does not know it.
 */
final class CompactArray {
    private static final int TAG = 19;
    private static final int STRUCTURE = 2;

    /** A type within the structure; the tags are those of Data. */
    enum Type {
        /** No bytes at all. */
        NOTHING(0, 0),
        /** Length and bytes; may be empty. */
        OCTETS(9, -1),
        UINT8(17, 1),
        UINT16(18, 2),
        UINT32(6, 4);

        private final int tag;
        private final int width;

        Type(int tag, int width) {
            this.tag = tag;
            this.width = width;
        }
    }

    private final List<Type> types;
    private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

    CompactArray(List<Type> types) {
        this.types = List.copyOf(types);
    }

    /** Adds a number as the type says, high byte first. */
    void number(Type type, long value) {
        for (int shift = 8 * (type.width - 1); shift >= 0; shift -= 8) {
            contents.write((int) (value >> shift));
        }
    }

    /** Adds an octet-string, perhaps empty. */
    void octets(byte[] bytes) {
        length(contents, bytes.length);
        contents.writeBytes(bytes);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(contents.size() + 32);
        out.write(TAG);
        out.write(STRUCTURE);
        length(out, types.size());
        types.forEach(type -> out.write(type.tag));
        length(out, contents.size());
        out.writeBytes(contents.toByteArray());
        return out.toByteArray();
    }

    private static void length(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else if (length < 0x1_0000) {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        } else {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
            out.write(length);
        }
    }
}
