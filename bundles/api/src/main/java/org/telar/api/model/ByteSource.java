package org.telar.api.model;

import java.nio.charset.StandardCharsets;

/** Reads what {@link ByteSink} wrote; every read is bounded by the input. Not thread-safe. */
final class ByteSource {
    private final byte[] bytes;
    private int at;

    ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    int take() throws FormatException {
        if (at >= bytes.length) {
            throw new FormatException("truncated at offset " + at);
        }
        return bytes[at++] & 0xFF;
    }

    long unsigned() throws FormatException {
        long v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = take();
            v |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                return v;
            }
        }
        throw new FormatException("varint longer than 10 bytes at offset " + at);
    }

    long signed() throws FormatException {
        long v = unsigned();
        return v >>> 1 ^ -(v & 1);
    }

    /** An unsigned number of 0..max. */
    int count(int max, String what) throws FormatException {
        long n = unsigned();
        if (n < 0 || n > max) {
            throw new FormatException(
                    what + " is at most " + max + ", got " + Long.toUnsignedString(n) + " at offset " + at);
        }
        return (int) n;
    }

    String text(int max, String what) throws FormatException {
        return new String(raw(count(max, what)), StandardCharsets.UTF_8);
    }

    byte[] raw(int n) throws FormatException {
        if (n > bytes.length - at) {
            throw new FormatException("truncated at offset " + at + ": " + n + " bytes expected");
        }
        byte[] b = java.util.Arrays.copyOfRange(bytes, at, at + n);
        at += n;
        return b;
    }

    int remaining() {
        return bytes.length - at;
    }
}
