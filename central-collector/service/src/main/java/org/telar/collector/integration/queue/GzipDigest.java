package org.telar.collector.integration.queue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.GZIPOutputStream;

/** Collects a message compressed, with size and SHA-256 of the uncompressed bytes. Not thread-safe. */
final class GzipDigest extends OutputStream {
    /** Fast: XML shrinks 15 to 20 times at any level. */
    private static final int LEVEL = 3;

    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream(1 << 16);
    private final GZIPOutputStream gzip;
    private final MessageDigest sha256;
    private long size;

    record Result(byte[] gzip, byte[] sha256, long size) {}

    GzipDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
            gzip = new GZIPOutputStream(compressed, 1 << 14) {
                {
                    def.setLevel(LEVEL);
                }
            };
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        sha256.update(b, off, len);
        size += len;
        gzip.write(b, off, len);
    }

    Result finish() {
        try {
            gzip.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Result(compressed.toByteArray(), sha256.digest(), size);
    }
}
