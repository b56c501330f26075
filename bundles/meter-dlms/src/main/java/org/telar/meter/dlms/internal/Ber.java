package org.telar.meter.dlms.internal;

import org.telar.meter.dlms.internal.LinkException.Kind;

/** Walks the BER of an association answer, so that lengths that do not fit are refused before anything is built. */
final class Ber {
    private static final int CONSTRUCTED = 0x20;
    private static final int MAX_DEPTH = 6;

    private final byte[] bytes;

    Ber(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Called for each element of the first level inside the APDU. */
    interface Element {
        void at(int tag, int from, int to) throws LinkException;
    }

    void check() throws LinkException {
        walk((tag, from, to) -> {});
    }

    void walk(Element visitor) throws LinkException {
        Axdr in = new Axdr(bytes, 0, bytes.length);
        in.octet();
        int length = in.length();
        int from = in.position();
        in.skip(length);
        // What follows the announced end is tolerated: some meters get the outer length wrong.
        elements(from, from + length, 1, visitor);
    }

    private void elements(int from, int to, int depth, Element visitor) throws LinkException {
        if (depth > MAX_DEPTH) {
            throw new LinkException(Kind.GARBLED, "association answer nested too deep");
        }
        Axdr in = new Axdr(bytes, from, to);
        while (!in.atEnd()) {
            int tag = in.octet();
            int length = in.length();
            int begin = in.position();
            in.skip(length);
            if ((tag & CONSTRUCTED) != 0) {
                elements(begin, begin + length, depth + 1, (t, f, e) -> {});
            }
            visitor.at(tag, begin, begin + length);
        }
    }
}
