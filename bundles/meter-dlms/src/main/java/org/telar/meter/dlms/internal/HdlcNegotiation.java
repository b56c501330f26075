package org.telar.meter.dlms.internal;

import java.io.ByteArrayOutputStream;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Sizes of information fields agreed with SNRM and UA (IEC 62056-46 §6.4.4.4.3.2).
 *
 * @param transmit bytes that we may put into one frame, at least 1
 * @param receive bytes that the meter may put into one frame
 */
record HdlcNegotiation(int transmit, int receive) {
    static final int DEFAULT_INFORMATION = 128;

    /** What fits the eleven length bits beside the longest addresses. */
    static final int MAX_INFORMATION = 2030;

    static final HdlcNegotiation DEFAULT = new HdlcNegotiation(DEFAULT_INFORMATION, DEFAULT_INFORMATION);

    private static final int FORMAT = 0x81;
    private static final int GROUP = 0x80;
    private static final int MAX_TRANSMIT = 5;
    private static final int MAX_RECEIVE = 6;
    private static final int WINDOW_TRANSMIT = 7;
    private static final int WINDOW_RECEIVE = 8;
    private static final int SMALLEST = 16;

    /** Information field of an SNRM that proposes {@code information} both ways and window 1. */
    static byte[] proposal(int information) {
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        for (int parameter : new int[] {MAX_TRANSMIT, MAX_RECEIVE}) {
            group.write(parameter);
            group.write(information > 0xFF ? 2 : 1);
            if (information > 0xFF) {
                group.write(information >> 8);
            }
            group.write(information);
        }
        for (int parameter : new int[] {WINDOW_TRANSMIT, WINDOW_RECEIVE}) {
            group.writeBytes(new byte[] {(byte) parameter, 4, 0, 0, 0, 1});
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(FORMAT);
        all.write(GROUP);
        all.write(group.size());
        all.writeBytes(group.toByteArray());
        return all.toByteArray();
    }

    /**
     * What a UA says; its directions are the meter's, so its receive size limits what we send.
     *
     * @param ua information field, empty when the meter keeps to the defaults
     */
    static HdlcNegotiation answered(byte[] ua, int proposed) throws LinkException {
        int transmit = DEFAULT_INFORMATION;
        int receive = DEFAULT_INFORMATION;
        Axdr in = new Axdr(ua, 0, ua.length);
        if (ua.length > 0 && in.octet() != FORMAT) {
            throw new LinkException(Kind.GARBLED, "the UA frame carries no HDLC parameters");
        }
        while (!in.atEnd()) {
            int group = in.octet();
            int stop = in.octet() + in.position();
            while (group == GROUP && in.position() < stop) {
                int parameter = in.octet();
                int value = number(in, in.octet());
                if (parameter == MAX_RECEIVE) {
                    transmit = value;
                } else if (parameter == MAX_TRANSMIT) {
                    receive = value;
                }
            }
            in.skip(Math.max(0, stop - in.position()));
        }
        return new HdlcNegotiation(bounded(transmit, proposed), bounded(receive, proposed));
    }

    private static int number(Axdr in, int size) throws LinkException {
        int value = 0;
        for (int i = 0; i < size; i++) {
            value = Math.min(value << 8 | in.octet(), 0xFFFF);
        }
        return value;
    }

    private static int bounded(int value, int proposed) throws LinkException {
        if (value < SMALLEST) {
            throw new LinkException(Kind.GARBLED, "the meter offers frames of " + value + " bytes");
        }
        return Math.min(Math.min(value, MAX_INFORMATION), Math.max(proposed, DEFAULT_INFORMATION));
    }
}
