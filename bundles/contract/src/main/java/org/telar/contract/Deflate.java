package org.telar.contract;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** RFC 1951 without a header, bounded when inflating. */
final class Deflate {
    private Deflate() {}

    static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            byte[] out = new byte[Math.max(64, plain.length / 2)];
            int n = 0;
            while (!deflater.finished()) {
                if (n == out.length) {
                    out = Arrays.copyOf(out, out.length * 2);
                }
                n += deflater.deflate(out, n, out.length - n);
            }
            return Arrays.copyOf(out, n);
        } finally {
            deflater.end();
        }
    }

    static byte[] inflate(byte[] deflated, int size) throws ContractException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(deflated);
            byte[] out = new byte[size];
            int n = 0;
            while (n < size) {
                int got = inflater.inflate(out, n, size - n);
                if (got == 0 && (inflater.finished() || inflater.needsInput() || inflater.needsDictionary())) {
                    break;
                }
                n += got;
            }
            boolean more = n == size && inflater.inflate(new byte[1]) > 0;
            if (n != size || more) {
                throw new ContractException("body_size says " + size + " bytes, the body inflates to "
                        + (more ? "more" : String.valueOf(n)));
            }
            return out;
        } catch (DataFormatException e) {
            throw new ContractException("body is not deflated data: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }
}
