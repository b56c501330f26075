package org.telar.simulator.apdu;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The few lines of BER that association and ciphering need. */
final class Ber {
    private Ber() {}

    /** Reads a definite length of up to four bytes. */
    static int length(ByteBuffer in) {
        int first = in.get() & 0xFF;
        if (first < 0x80) {
            return first;
        }
        int bytes = first & 0x7F;
        if (bytes == 0 || bytes > 4) {
            throw new IllegalArgumentException("length of " + bytes + " bytes");
        }
        int length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | in.get() & 0xFF;
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length " + length + " of " + in.remaining() + " bytes left");
        }
        return length;
    }

    /** Reads the content of an element whose tag has been read. */
    static ByteBuffer content(ByteBuffer in) {
        int length = length(in);
        if (length > in.remaining()) {
            throw new IllegalArgumentException("length " + length + " of " + in.remaining() + " bytes left");
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    /** Rest of a buffer. */
    static byte[] rest(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    /** Writes tag, length and content. */
    static void element(ByteArrayOutputStream out, int tag, byte[] content) {
        out.write(tag);
        length(out, content.length);
        out.writeBytes(content);
    }

    /** Writes a definite length. */
    static void length(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
    }
}
