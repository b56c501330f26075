package org.telar.meter.dlms.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.telar.meter.dlms.internal.LinkException.Kind;

/** The form of what a meter says unasked: DataNotification and EventNotification (IEC 62056-53 §7.3.10, §8.3). */
final class Notifications {
    static final int DATA = 0x0F;
    static final int EVENT = 0xC2;
    static final int GLO_EVENT = 0xCA;
    static final int GENERAL_GLO = 0xDB;

    /** A push is short; what announces more is not one. */
    static final int MAX_LENGTH = 4096;

    private static final int TITLE = 8;
    private static final int INVOKE_ID = 4;
    private static final int OCTET_STRING = 9;

    private Notifications() {}

    static boolean is(byte[] apdu) {
        int tag = apdu.length == 0 ? -1 : apdu[0] & 0xFF;
        return tag == DATA || tag == EVENT || tag == GLO_EVENT || tag == GENERAL_GLO;
    }

    /** Where the protected content of a ciphered notification stands, and the title in it, if any. */
    record Sealed(Optional<byte[]> title, int from, int to) {}

    static Sealed sealed(byte[] apdu) throws LinkException {
        Axdr in = new Axdr(apdu, 1, apdu.length);
        Optional<byte[]> title = Optional.empty();
        if ((apdu[0] & 0xFF) == GENERAL_GLO) {
            int length = in.length();
            int from = in.position();
            in.skip(length);
            if (length != TITLE) {
                throw new LinkException(Kind.GARBLED, "a system title of " + length + " bytes");
            }
            title = Optional.of(Arrays.copyOfRange(apdu, from, from + length));
        }
        int length = in.length();
        int from = in.position();
        in.skip(length);
        return new Sealed(title, from, from + length);
    }

    /**
     * A value in a notification.
     *
     * @param tag of its type
     * @param content its bytes, without tag and length
     */
    record Item(int tag, byte[] content) {
        private static final int OCTETS = 9;
        private static final int TEXT = 10;
        private static final List<Integer> WORDS = List.of(6, 17, 18, 21, 5, 15, 16, 22);

        boolean isOctets() {
            return tag == OCTETS || tag == TEXT;
        }

        boolean isWord() {
            return WORDS.contains(tag);
        }

        /** An unsigned number of up to 63 bits. */
        long word() {
            long value = 0;
            for (byte b : content) {
                value = value << 8 | b & 0xFF;
            }
            return value & Long.MAX_VALUE;
        }
    }

    /**
     * A notification in clear.
     *
     * @param time date-time octets, empty when not given
     * @param descriptor class, logical name and attribute, of an event only
     * @param items of the body: the elements of a structure, or one value
     */
    record Content(byte[] time, byte[] descriptor, List<Item> items) {}

    /** @throws LinkException when it is cut, has bytes behind it, or announces what is not there */
    static Content parse(byte[] apdu) throws LinkException {
        Axdr in = new Axdr(apdu, 1, apdu.length);
        boolean event = (apdu[0] & 0xFF) == EVENT;
        if (!event && (apdu[0] & 0xFF) != DATA) {
            throw new LinkException(Kind.GARBLED, "no notification, tag " + (apdu[0] & 0xFF));
        }
        byte[] time = {};
        if (event) {
            if (in.octet() != 0) {
                time = octets(apdu, in, in.length());
            }
        } else {
            in.skip(INVOKE_ID);
            int length = in.length();
            // Some meters give the date-time the tag of an octet string, which the standard does not.
            time = octets(apdu, in, length == OCTET_STRING ? in.length() : length);
        }
        byte[] descriptor = event ? octets(apdu, in, 9) : new byte[0];
        int body = in.position();
        in.data();
        if (!in.atEnd()) {
            throw new LinkException(Kind.GARBLED, "bytes behind a notification");
        }
        return new Content(time, descriptor, items(apdu, body));
    }

    private static byte[] octets(byte[] apdu, Axdr in, int count) throws LinkException {
        int from = in.position();
        in.skip(count);
        return Arrays.copyOfRange(apdu, from, from + count);
    }

    private static List<Item> items(byte[] apdu, int from) throws LinkException {
        Axdr in = new Axdr(apdu, from, apdu.length);
        int count = 1;
        if (apdu[from] == 2) {
            in.octet();
            count = in.length();
        }
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int begin = in.position();
            in.data();
            int tag = apdu[begin] & 0xFF;
            Axdr head = new Axdr(apdu, begin + 1, in.position());
            if (tag == 4 || tag == 9 || tag == 10 || tag == 12) {
                head.length();
            }
            items.add(new Item(tag, Arrays.copyOfRange(apdu, head.position(), in.position())));
        }
        return items;
    }
}
