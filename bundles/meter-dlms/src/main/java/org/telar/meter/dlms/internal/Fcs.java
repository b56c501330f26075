package org.telar.meter.dlms.internal;

/** Frame check sequence of HDLC: CRC-16/X.25 (IEC 62056-46 annex A, RFC 1662 §C.2). Low byte first on the wire. */
final class Fcs {
    private static final int POLYNOMIAL = 0x8408;
    private static final int[] TABLE = new int[256];

    static {
        for (int b = 0; b < TABLE.length; b++) {
            int v = b;
            for (int i = 0; i < 8; i++) {
                v = (v & 1) == 1 ? v >>> 1 ^ POLYNOMIAL : v >>> 1;
            }
            TABLE[b] = v;
        }
    }

    private Fcs() {}

    static int of(byte[] bytes, int from, int to) {
        int fcs = 0xFFFF;
        for (int i = from; i < to; i++) {
            fcs = fcs >>> 8 ^ TABLE[(fcs ^ bytes[i]) & 0xFF];
        }
        return ~fcs & 0xFFFF;
    }

    /** True when the two bytes at {@code to} are the check of what stands before them. */
    static boolean holds(byte[] bytes, int from, int to) {
        int sum = of(bytes, from, to);
        return (bytes[to] & 0xFF) == (sum & 0xFF) && (bytes[to + 1] & 0xFF) == sum >> 8;
    }
}
