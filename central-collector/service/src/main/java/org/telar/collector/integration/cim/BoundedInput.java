package org.telar.collector.integration.cim;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Stops a document that is too large, or a token that does not end, before the parser buffers it. Not thread-safe. */
final class BoundedInput extends FilterInputStream {
    private static final int PARSER_BUFFER = 16 << 10;

    private final XmlLimits limits;
    private long read;
    private long mark;
    private IOException failure;
    private boolean tooLarge;

    BoundedInput(InputStream in, XmlLimits limits) {
        super(in);
        this.limits = limits;
    }

    /** The parser has moved on to the next token. */
    void moved() {
        mark = read;
    }

    /** The fault of the file itself, as opposed to its content. */
    IOException failure() {
        return failure;
    }

    boolean tooLarge() {
        return tooLarge;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        int n;
        try {
            n = in.read(b, off, len);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        read += Math.max(n, 0);
        if (read > limits.bytes()) {
            tooLarge = true;
            throw new IOException("document larger than " + limits.bytes() + " bytes");
        }
        if (read - mark > limits.token() + PARSER_BUFFER) {
            tooLarge = true;
            throw new IOException("tag or text longer than " + limits.token() + " bytes");
        }
        return n;
    }
}
