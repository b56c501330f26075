package org.telar.meter.dlms.internal;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Walks A-XDR data (IEC 62056-53 §8.3, Data) without building anything, so that absurd lengths and depths are refused
 * before a decoder allocates for them.
 */
final class Axdr {
    private static final int MAX_DEPTH = 8;

    private final byte[] bytes;
    private final int end;
    private int at;

    Axdr(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    /** A GET result: 0 and data, or 1 and a data-access-result. */
    void result() throws LinkException {
        switch (octet()) {
            case 0 -> data();
            case 1 -> octet();
            default -> throw broken("a result is data or an error");
        }
    }

    void data() throws LinkException {
        data(0);
    }

    boolean atEnd() {
        return at == end;
    }

    private void data(int depth) throws LinkException {
        if (depth > MAX_DEPTH) {
            throw broken("nested deeper than " + MAX_DEPTH);
        }
        int tag = octet();
        switch (tag) {
            case 1, 2 -> {
                int count = length();
                if (count > end - at) {
                    throw broken("announces " + count + " elements");
                }
                for (int i = 0; i < count; i++) {
                    data(depth + 1);
                }
            }
            case 19 -> {
                typeDescription(depth + 1);
                skip(length());
            }
            case 4 -> skip((length() + 7) / 8);
            case 9, 10, 12 -> skip(length());
            default -> skip(fixedSize(tag));
        }
    }

    private void typeDescription(int depth) throws LinkException {
        if (depth > MAX_DEPTH) {
            throw broken("type nested deeper than " + MAX_DEPTH);
        }
        int tag = octet();
        if (tag == 1) {
            skip(2);
            typeDescription(depth + 1);
        } else if (tag == 2) {
            int count = length();
            if (count > end - at) {
                throw broken("announces " + count + " elements");
            }
            for (int i = 0; i < count; i++) {
                typeDescription(depth + 1);
            }
        }
    }

    /** Bytes of a type of fixed size (IEC 62056-62 §4.4). */
    private int fixedSize(int tag) throws LinkException {
        return switch (tag) {
            case 0, 255 -> 0;
            case 3, 13, 15, 17, 22 -> 1;
            case 16, 18 -> 2;
            case 5, 6, 23, 27 -> 4;
            case 26 -> 5;
            case 20, 21, 24 -> 8;
            case 25 -> 12;
            default -> throw broken("unknown data tag " + tag);
        };
    }

    int octet() throws LinkException {
        if (at >= end) {
            throw broken("ends too early");
        }
        return bytes[at++] & 0xFF;
    }

    /** A length in one byte, or 0x81..0x84 and that many bytes; at most what an int holds. */
    int length() throws LinkException {
        int first = octet();
        if (first < 0x80) {
            return first;
        }
        int count = first & 0x7F;
        if (count < 1 || count > 4) {
            throw broken("length of " + count + " bytes");
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | octet();
        }
        if (value > Integer.MAX_VALUE - 8) {
            throw broken("length " + value);
        }
        return (int) value;
    }

    void skip(int count) throws LinkException {
        if (count > end - at) {
            throw broken("announces " + count + " bytes, " + (end - at) + " are left");
        }
        at += count;
    }

    int position() {
        return at;
    }

    private LinkException broken(String what) {
        return new LinkException(Kind.GARBLED, "broken data at byte " + at + ": " + what);
    }
}
