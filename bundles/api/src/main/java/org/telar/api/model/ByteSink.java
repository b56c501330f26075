package org.telar.api.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Growing byte buffer with the primitives of the codec: varints (LEB128), zigzag, short texts. Not thread-safe. */
final class ByteSink {
    private static final int MAX_VARINT = 10;

    private byte[] bytes = new byte[512];
    private int size;

    void put(int b) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, size * 2);
        }
        bytes[size++] = (byte) b;
    }

    void unsigned(long v) {
        if (size + MAX_VARINT > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        while ((v & ~0x7FL) != 0) {
            bytes[size++] = (byte) (v & 0x7F | 0x80);
            v >>>= 7;
        }
        bytes[size++] = (byte) v;
    }

    void signed(long v) {
        unsigned(zigzag(v));
    }

    void text(String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        unsigned(utf8.length);
        raw(utf8);
    }

    void raw(byte[] b) {
        for (byte x : b) {
            put(x);
        }
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    static long zigzag(long v) {
        return v << 1 ^ v >> 63;
    }

    static int width(long unsigned) {
        // Counting leading zeros is a call where the JVM does not compile for speed, as on a gateway.
        int width = 1;
        for (long rest = unsigned >>> 7; rest != 0; rest >>>= 7) {
            width++;
        }
        return width;
    }
}
