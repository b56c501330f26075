package org.telar.meter.dlms.internal;

import java.util.Arrays;

import org.telar.meter.dlms.internal.LinkException.Kind;

/** What a meter answered to the association request (IEC 62056-53 §8.2): accepted or not, and what it grants. */
final class Aare {
    private static final int RESULT = 0xA2;
    private static final int DIAGNOSTIC = 0xA3;
    private static final int RESPONDING_TITLE = 0xA4;
    private static final int USER_INFORMATION = 0xBE;
    private static final int INITIATE_RESPONSE = 0x08;
    private static final int GLO_INITIATE_RESPONSE = 0x28;

    private boolean seen;
    private int result = -1;
    private int diagnostic;
    private int maxPdu;

    /** True once an AARE has come, accepted or not. */
    boolean seen() {
        return seen;
    }

    boolean accepted() {
        return result == 0;
    }

    /** Acse-service-user diagnostic, 0 if none; 11 to 14 speak of authentication. */
    int diagnostic() {
        return diagnostic;
    }

    /** Largest request that the meter takes, 0 when it does not limit it. */
    int maxPdu() {
        return maxPdu;
    }

    void parse(byte[] apdu, ApduCipher cipher) throws LinkException {
        seen = true;
        int[] userInformation = {-1, -1};
        new Ber(apdu).walk((tag, from, to) -> {
            switch (tag) {
                case RESULT -> result = apdu[to - 1];
                case DIAGNOSTIC -> diagnostic = apdu[to - 1];
                case RESPONDING_TITLE -> title(apdu, from, to, cipher);
                case USER_INFORMATION -> {
                    userInformation[0] = from;
                    userInformation[1] = to;
                }
                default -> {
                    // not of interest here
                }
            }
        });
        if (accepted()) {
            if (userInformation[0] < 0) {
                throw new LinkException(Kind.GARBLED, "an accepted association without an InitiateResponse");
            }
            initiate(apdu, userInformation[0], userInformation[1], cipher);
        }
    }

    private static void title(byte[] apdu, int from, int to, ApduCipher cipher) {
        if (cipher != null && to - from == 10) {
            cipher.meterTitle(Arrays.copyOfRange(apdu, from + 2, to));
        }
    }

    private void initiate(byte[] apdu, int from, int to, ApduCipher cipher) throws LinkException {
        Axdr in = new Axdr(apdu, from, to);
        in.octet();
        in.length();
        int begin = in.position();
        int tag = in.octet();
        if (cipher == null && tag == INITIATE_RESPONSE) {
            granted(new Axdr(apdu, begin, to));
        } else if (cipher != null && tag == GLO_INITIATE_RESPONSE) {
            int length = in.length();
            int content = in.position();
            in.skip(length);
            byte[] plain = cipher.open(apdu, content, content + length);
            granted(new Axdr(plain, 0, plain.length));
        } else {
            throw new LinkException(Kind.GARBLED, "an InitiateResponse below the security policy");
        }
    }

    /** 08, optional quality of service, version, conformance 5F 1F 04 00 xx xx xx, max PDU, vaa-name. */
    private void granted(Axdr in) throws LinkException {
        in.octet();
        if (in.octet() != 0) {
            in.octet();
        }
        in.octet();
        in.octet();
        if (in.octet() == 0x1F) {
            in.octet();
        }
        in.skip(4);
        maxPdu = in.octet() << 8 | in.octet();
    }
}
