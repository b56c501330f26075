package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Checks an answer before jDLMS decodes it: lengths that fit, data that is whole, blocks in order and not without end,
 * as many results as were asked for, and no answer below the security policy. What passes here is safe to allocate for.
 */
final class ApduInspector {
    static final int GET_RESPONSE = 0xC4;
    static final int SET_RESPONSE = 0xC5;
    static final int ACTION_RESPONSE = 0xC7;
    private static final int GLO = 8;

    /** Where a block's number stands: tag, choice, invoke id, last block. */
    private static final int BLOCK_NUMBER = 4;

    private static final int AARE = 0x61;
    private static final int RLRE = 0x63;
    private static final int EXCEPTION = 0xD8;
    private static final int SERVICE_ERROR = 0x0E;
    private static final int COUNTER_ERROR = 6;
    private static final int DECIPHERING_ERROR = 5;

    /** A profile of a year and more; above it a transfer is called endless. */
    static final int MAX_CONTENT = 8 * 1024 * 1024;

    private final ApduCipher cipher;
    private final Aare aare = new Aare();
    private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    private int expectedResults = 1;
    private long nextBlock = 1;

    /** @param cipher null for an association without ciphering */
    ApduInspector(ApduCipher cipher) {
        this.cipher = cipher;
    }

    /** A new GET begins, for so many attributes. */
    void expect(int results) {
        expectedResults = results;
        nextBlock = 1;
        blocks.reset();
    }

    boolean isCiphered() {
        return cipher != null;
    }

    /** An answer under a counter, or with a block, that was there before: late or repeated, and no answer to what was asked last. */
    boolean isOld(byte[] apdu) throws LinkException {
        if (cipher == null) {
            boolean block = apdu.length > BLOCK_NUMBER + 4 && (apdu[0] & 0xFF) == GET_RESPONSE && apdu[1] == 2;
            return block && (ByteBuffer.wrap(apdu).getInt(BLOCK_NUMBER) & 0xFFFF_FFFFL) < nextBlock;
        }
        if (!RequestCipher.isCiphered(apdu)) {
            return false;
        }
        long counter = ByteBuffer.wrap(apdu, RequestCipher.counterAt(apdu), 4).getInt() & 0xFFFF_FFFFL;
        return counter <= cipher.lastCounter();
    }

    /** What the meter granted when it associated. */
    Aare aare() {
        return aare;
    }

    void check(byte[] apdu) throws LinkException {
        int tag = apdu.length == 0 ? -1 : apdu[0] & 0xFF;
        switch (tag) {
            case AARE -> aare.parse(apdu, cipher);
            case RLRE -> new Ber(apdu).check();
            case EXCEPTION -> throw refused(apdu);
            case SERVICE_ERROR -> throw new LinkException(Kind.REFUSED, "confirmed-service-error " + hex(apdu));
            case GET_RESPONSE, SET_RESPONSE, ACTION_RESPONSE -> {
                if (cipher != null) {
                    throw new LinkException(Kind.GARBLED, "an unprotected answer in a ciphered association");
                }
                checkPlain(apdu);
            }
            case GET_RESPONSE + GLO, SET_RESPONSE + GLO, ACTION_RESPONSE + GLO -> checkPlain(opened(apdu));
            default -> throw new LinkException(Kind.GARBLED, "not an answer: " + hex(apdu));
        }
    }

    private byte[] opened(byte[] apdu) throws LinkException {
        if (cipher == null) {
            throw new LinkException(Kind.GARBLED, "a ciphered answer in a plain association");
        }
        Axdr in = new Axdr(apdu, 1, apdu.length);
        int length = in.length();
        if (in.position() + length != apdu.length) {
            throw new LinkException(Kind.GARBLED, "a ciphered answer announces " + length + " bytes");
        }
        return cipher.open(apdu, in.position(), apdu.length);
    }

    private void checkPlain(byte[] apdu) throws LinkException {
        Axdr in = new Axdr(apdu, 0, apdu.length);
        int tag = in.octet();
        int choice = in.octet();
        in.octet();
        if (tag == GET_RESPONSE && choice == 2) {
            block(in, apdu);
        } else if (tag == GET_RESPONSE && choice == 3 && expectedResults > 1) {
            results(in);
        } else if (tag == GET_RESPONSE && choice == 1 && expectedResults == 1) {
            in.result();
        } else if (tag == ACTION_RESPONSE && choice == 1) {
            in.octet();
            if (in.octet() == 1) {
                in.result();
            }
        } else if (tag == SET_RESPONSE && choice == 1) {
            in.octet();
        } else {
            throw new LinkException(Kind.GARBLED, "an unexpected kind of answer: " + hex(apdu));
        }
        if (!in.atEnd()) {
            throw new LinkException(Kind.GARBLED, "bytes behind the end of an answer");
        }
    }

    private void block(Axdr in, byte[] apdu) throws LinkException {
        boolean last = in.octet() != 0;
        long number = 0;
        for (int i = 0; i < 4; i++) {
            number = number << 8 | in.octet();
        }
        if (number != nextBlock) {
            throw new LinkException(Kind.GARBLED, "block " + number + " where " + nextBlock + " was due");
        }
        if (in.octet() != 0) {
            throw new LinkException(Kind.REFUSED, "the meter broke off the transfer at block " + number);
        }
        int length = in.length();
        int from = in.position();
        in.skip(length);
        if (length == 0 && !last || blocks.size() + length > MAX_CONTENT) {
            throw new LinkException(Kind.GARBLED, "a transfer without end, block " + number);
        }
        blocks.write(apdu, from, length);
        nextBlock++;
        if (last) {
            byte[] content = blocks.toByteArray();
            expectContent(content);
        }
    }

    private void expectContent(byte[] content) throws LinkException {
        Axdr in = new Axdr(content, 0, content.length);
        if (expectedResults > 1) {
            results(in);
        } else {
            in.data();
        }
        if (!in.atEnd()) {
            throw new LinkException(Kind.GARBLED, "bytes behind the end of the blocks");
        }
    }

    private void results(Axdr in) throws LinkException {
        int count = in.length();
        if (count != expectedResults) {
            throw new LinkException(Kind.GARBLED, count + " results for " + expectedResults + " attributes");
        }
        for (int i = 0; i < count; i++) {
            in.result();
        }
    }

    private static LinkException refused(byte[] apdu) {
        int service = apdu.length > 2 ? apdu[2] : 0;
        if (service == COUNTER_ERROR && apdu.length >= 7) {
            long counter = 0;
            for (int i = 3; i < 7; i++) {
                counter = counter << 8 | apdu[i] & 0xFF;
            }
            return LinkException.counterRefused(counter);
        }
        return service == DECIPHERING_ERROR
                ? new LinkException(Kind.UNDECIPHERABLE, "the meter could not decipher the request")
                : new LinkException(Kind.REFUSED, "exception-response " + hex(apdu));
    }

    private static String hex(byte[] apdu) {
        return java.util.HexFormat.of().formatHex(Arrays.copyOf(apdu, Math.min(apdu.length, 8)));
    }
}
