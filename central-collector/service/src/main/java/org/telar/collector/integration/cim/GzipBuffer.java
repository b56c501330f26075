package org.telar.collector.integration.cim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Bytes kept compressed in memory until they are complete. Not thread-safe. */
public final class GzipBuffer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
    private final GZIPOutputStream gzip;

    public GzipBuffer() {
        try {
            gzip = new GZIPOutputStream(bytes, 1 << 14);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public OutputStream stream() {
        return gzip;
    }

    /** Everything that was written, compressed. */
    public byte[] finish() {
        try {
            gzip.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The same of bytes that are there already. */
    public static byte[] of(byte[] plain) {
        GzipBuffer buffer = new GzipBuffer();
        try {
            buffer.stream().write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.finish();
    }
}
