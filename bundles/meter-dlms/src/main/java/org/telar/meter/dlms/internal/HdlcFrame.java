package org.telar.meter.dlms.internal;

import java.util.Arrays;

/**
 * One HDLC frame of type 3 (IEC 62056-46 §6.4.2), without its flags.
 *
 * @param server server address as in the frame, 1, 2 or 4 bytes
 * @param client client address
 * @param toServer true when the server is the destination
 * @param control control field
 * @param segmented the S bit: more of this APDU follows
 * @param information information field, empty if none
 */
record HdlcFrame(byte[] server, int client, boolean toServer, int control, boolean segmented, byte[] information) {
    static final int FLAG = 0x7E;
    static final int SNRM = 0x83;
    static final int UA = 0x63;
    static final int DISC = 0x43;
    static final int DM = 0x0F;
    static final int FRMR = 0x87;

    /** Unnumbered information: a push. */
    static final int UI = 0x03;

    static final int RR = 0x01;
    static final int RNR = 0x05;

    /** Poll/final bit. */
    static final int PF = 0x10;

    /** Largest length that the eleven bits of the format field hold. */
    static final int MAX_LENGTH = 0x7FF;

    static HdlcFrame request(byte[] server, int client, int control, boolean segmented, byte[] information) {
        return new HdlcFrame(server, client, true, control, segmented, information);
    }

    boolean isInformation() {
        return (control & 0x01) == 0;
    }

    boolean isReceiveReady() {
        return (control & 0x0F) == RR;
    }

    boolean isReceiveNotReady() {
        return (control & 0x0F) == RNR;
    }

    /** Unnumbered type without the poll/final bit: {@link #UA}, {@link #DM}, {@link #FRMR} ... */
    int unnumbered() {
        return control & ~PF;
    }

    int sendSequence() {
        return control >> 1 & 7;
    }

    int receiveSequence() {
        return control >> 5 & 7;
    }

    boolean isFinal() {
        return (control & PF) != 0;
    }

    /** The frame with opening and closing flag. */
    byte[] encoded() {
        int header = 2 + server.length + 1 + 1;
        int length = header + 2 + (information.length == 0 ? 0 : information.length + 2);
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("a frame has at most " + MAX_LENGTH + " bytes, got " + length);
        }
        byte[] out = new byte[length + 2];
        out[0] = FLAG;
        out[1] = (byte) (0xA0 | (segmented ? 0x08 : 0) | length >> 8);
        out[2] = (byte) length;
        int at = 3;
        byte[] clientAddress = {(byte) (client << 1 | 1)};
        for (byte[] address : toServer ? new byte[][] {server, clientAddress} : new byte[][] {clientAddress, server}) {
            System.arraycopy(address, 0, out, at, address.length);
            at += address.length;
        }
        out[at++] = (byte) control;
        at = checked(out, at);
        if (information.length > 0) {
            System.arraycopy(information, 0, out, at, information.length);
            at = checked(out, at + information.length);
        }
        out[at] = FLAG;
        return out;
    }

    private static int checked(byte[] out, int at) {
        int sum = Fcs.of(out, 1, at);
        out[at] = (byte) sum;
        out[at + 1] = (byte) (sum >> 8);
        return at + 2;
    }

    boolean from(byte[] address, int toClient) {
        return !toServer && client == toClient && Arrays.equals(server, address);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof HdlcFrame f && Arrays.equals(encoded(), f.encoded());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded());
    }

    @Override
    public String toString() {
        return "frame of control 0x" + Integer.toHexString(control) + ", " + information.length + " bytes";
    }
}
