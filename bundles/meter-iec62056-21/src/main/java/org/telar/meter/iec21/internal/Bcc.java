package org.telar.meter.iec21.internal;

/**
 * Block check character: exclusive or of everything after the first SOH or STX up to and including ETX or EOT, seven
 * bits (IEC 62056-21 §5.5.2, ISO 1155).
 */
final class Bcc {
    private Bcc() {}

    /** Block check of {@code bytes[from..to)}. */
    static int of(byte[] bytes, int from, int to) {
        int check = 0;
        for (int i = from; i < to; i++) {
            check ^= bytes[i];
        }
        return check & 0x7F;
    }
}
