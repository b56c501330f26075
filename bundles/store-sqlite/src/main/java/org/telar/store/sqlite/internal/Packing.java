package org.telar.store.sqlite.internal;

import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.telar.api.model.FormatException;

/**
 * How encoded blocks lie on disk: deflated where that pays, against a dictionary of what every block repeats, and
 * closed by a checksum, because SQLite does not notice a flipped byte inside a blob. One form byte, the body, four bytes
 * of CRC-32C. Not thread-safe.
 */
final class Packing implements AutoCloseable {
    private static final int PLAIN = 0;
    private static final int DEFLATED = 1;
    /** Higher levels gain less than a hundredth on blocks of this size. */
    private static final int LEVEL = 1;

    private static final int MAX_PLAIN = 16 << 20;
    private static final byte[] DICTIONARY = Dictionary.bytes();

    private final Deflater deflater = new Deflater(LEVEL, true);
    private final Inflater inflater = new Inflater(true);
    private byte[] buffer = new byte[4096];

    byte[] pack(byte[] plain) {
        deflater.reset();
        deflater.setDictionary(DICTIONARY);
        deflater.setInput(plain);
        deflater.finish();
        int n = 0;
        while (!deflater.finished()) {
            if (n == buffer.length) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            n += deflater.deflate(buffer, n, buffer.length - n);
        }
        boolean pays = n < plain.length;
        byte[] body = pays ? buffer : plain;
        int size = pays ? n : plain.length;
        byte[] out = new byte[size + 5];
        out[0] = (byte) (pays ? DEFLATED : PLAIN);
        System.arraycopy(body, 0, out, 1, size);
        int crc = checksum(out, size + 1);
        for (int i = 0; i < 4; i++) {
            out[size + 1 + i] = (byte) (crc >>> 24 - 8 * i);
        }
        return out;
    }

    byte[] unpack(byte[] packed) throws FormatException {
        int end = packed.length - 4;
        if (end < 1) {
            throw new FormatException("packed block of " + packed.length + " bytes");
        }
        int crc = 0;
        for (int i = 0; i < 4; i++) {
            crc = crc << 8 | packed[end + i] & 0xFF;
        }
        if (crc != checksum(packed, end)) {
            throw new FormatException("checksum of a packed block differs");
        }
        return switch (packed[0]) {
            case PLAIN -> Arrays.copyOfRange(packed, 1, end);
            case DEFLATED -> inflate(packed, end);
            default -> throw new FormatException("unknown form " + packed[0] + " of a packed block");
        };
    }

    private byte[] inflate(byte[] packed, int end) throws FormatException {
        inflater.reset();
        inflater.setDictionary(DICTIONARY);
        inflater.setInput(packed, 1, end - 1);
        int n = 0;
        try {
            while (!inflater.finished()) {
                if (n == buffer.length) {
                    if (n >= MAX_PLAIN) {
                        throw new FormatException("packed block inflates to more than " + MAX_PLAIN + " bytes");
                    }
                    buffer = Arrays.copyOf(buffer, buffer.length * 2);
                }
                int got = inflater.inflate(buffer, n, buffer.length - n);
                if (got == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new FormatException("packed block is truncated");
                }
                n += got;
            }
        } catch (DataFormatException e) {
            throw new FormatException("packed block is not deflated data: " + e.getMessage(), e);
        }
        return Arrays.copyOf(buffer, n);
    }

    static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
