package org.telar.simulator.media;

/** Frame check sequence of HDLC (ISO/IEC 13239, 16 bits). */
final class Fcs16 {
    private static final int POLYNOMIAL = 0x8408;

    private Fcs16() {}

    static int of(byte[] bytes, int from, int length) {
        int fcs = 0xFFFF;
        for (int i = from; i < from + length; i++) {
            fcs ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                fcs = (fcs & 1) != 0 ? fcs >>> 1 ^ POLYNOMIAL : fcs >>> 1;
            }
        }
        return ~fcs & 0xFFFF;
    }

    /** True if the two bytes behind the range hold its check sequence, low byte first. */
    static boolean matches(byte[] bytes, int from, int length) {
        int fcs = of(bytes, from, length);
        return (bytes[from + length] & 0xFF) == (fcs & 0xFF) && (bytes[from + length + 1] & 0xFF) == fcs >>> 8;
    }
}
