package org.telar.simulator.apdu;

/** First bytes of the APDUs that a meter knows. */
final class Tag {
    static final int AARQ = 0x60;
    static final int AARE = 0x61;
    static final int RLRQ = 0x62;
    static final int RLRE = 0x63;
    static final int INITIATE_REQUEST = 0x01;
    static final int INITIATE_RESPONSE = 0x08;
    static final int GLO_INITIATE_REQUEST = 0x21;
    static final int GLO_INITIATE_RESPONSE = 0x28;
    static final int GET_REQUEST = 0xC0;
    static final int SET_REQUEST = 0xC1;
    static final int ACTION_REQUEST = 0xC3;
    static final int GET_RESPONSE = 0xC4;
    static final int SET_RESPONSE = 0xC5;
    static final int ACTION_RESPONSE = 0xC7;
    static final int DATA_NOTIFICATION = 0x0F;
    static final int EVENT_NOTIFICATION = 0xC2;
    static final int GENERAL_GLO = 0xDB;
    static final int EXCEPTION_RESPONSE = 0xD8;
    /** A global-ciphered service has the tag of the plain one plus this. */
    static final int GLO = 0x08;

    private Tag() {}

    static boolean ciphered(int tag) {
        return tag == GET_REQUEST + GLO || tag == SET_REQUEST + GLO || tag == ACTION_REQUEST + GLO;
    }
}
