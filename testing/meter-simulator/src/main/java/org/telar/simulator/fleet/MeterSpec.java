package org.telar.simulator.fleet;

import java.nio.ByteBuffer;

/**
 * What is fixed about a meter.
 *
 * @param number 8 digits
 * @param model variant
 * @param medium how it is reached
 * @param endpoint where, as in {@code fleet.csv}
 * @param wrapperId logical device of the DLMS wrapper, address behind the gateway, first PRIME node id; 0 on HDLC
 * @param hdlcPhysical lower HDLC address, 0 on the wrapper
 * @param line number of the line, 0 for the wrapper port
 * @param credentials keys and passwords
 */
public record MeterSpec(
        int number,
        MeterModel model,
        Medium medium,
        String endpoint,
        int wrapperId,
        int hdlcPhysical,
        int line,
        Credentials credentials) {
    /** Upper HDLC address of every meter. */
    public static final int HDLC_LOGICAL = 1;

    /** Logical device name, 0.0.42.0.0.255: manufacturer and number. */
    public String identity() {
        return model.flag() + number;
    }

    /** Serial number, 0.0.96.1.0.255. */
    public String serial() {
        return Integer.toString(number);
    }

    /** EUI-48 of a PRIME node, from its number. */
    public byte[] eui48() {
        return ByteBuffer.allocate(6)
                .put((byte) 2)
                .put((byte) 0x54)
                .putInt(number)
                .array();
    }

    /** Another meter of the same model in the same place. */
    MeterSpec successor(int other, Credentials keys) {
        return new MeterSpec(other, model, medium, endpoint, wrapperId, hdlcPhysical, line, keys);
    }

    /** Client address (SAP) of the management client. */
    public int clientSap() {
        return switch (model.auth()) {
            case NONE -> 16;
            case LLS -> 2;
            case HLS5 -> 1;
        };
    }
}
