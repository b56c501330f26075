package org.telar.collector.integration.cim;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;

/** The text of a Payload/Compressed element: gzip in base64. */
final class Compressed {
    /** Characters; what they hold uncompressed is bounded by the reader's limits. */
    private static final int LONGEST = 24 << 20;

    private Compressed() {}

    /** The cursor stands on the element, and is moved to its end. */
    static InputStream open(XmlCursor in) throws CimException {
        String at = in.where();
        in.leaf(LONGEST);
        try {
            ByteBuffer text = StandardCharsets.ISO_8859_1.encode(CharBuffer.wrap(in.text(), 0, in.length()));
            byte[] base64 = new byte[text.remaining()];
            text.get(base64);
            return new GZIPInputStream(
                    new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64)), 1 << 14);
        } catch (java.io.EOFException | java.util.zip.ZipException | IllegalArgumentException e) {
            throw new CimException(CimException.SCHEMA, "Compressed is not gzip in base64" + at, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
