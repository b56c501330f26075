package org.telar.api.model;

/**
 * An OBIS code, the logical name of a COSEM object (IEC 62056-61), written {@code a.b.c.d.e.f}.
 *
 * @param a medium, 0..255 (1 is electricity, 0 abstract)
 * @param b channel, 0..255
 * @param c quantity, 0..255
 * @param d processing, 0..255 (8 is a time integral, 29 an interval increment; D7)
 * @param e tariff, 0..255
 * @param f storage, 0..255 (255 is "current")
 */
public record Obis(int a, int b, int c, int d, int e, int f) implements Comparable<Obis> {
    public static final Obis CLOCK = new Obis(0, 0, 1, 0, 0, 255);
    public static final Obis LOAD_PROFILE = new Obis(1, 0, 99, 1, 0, 255);
    public static final Obis DAILY_CLOSING = new Obis(1, 0, 99, 2, 0, 255);
    public static final Obis BILLING_CLOSING = new Obis(0, 0, 98, 1, 0, 255);
    public static final Obis STANDARD_EVENT_LOG = new Obis(0, 0, 99, 98, 0, 255);
    public static final Obis LOGICAL_DEVICE_NAME = new Obis(0, 0, 42, 0, 0, 255);
    public static final Obis SERIAL_NUMBER = new Obis(0, 0, 96, 1, 0, 255);
    public static final Obis ERROR_REGISTER = new Obis(0, 0, 97, 97, 0, 255);
    public static final Obis ALARM_REGISTER = new Obis(0, 0, 97, 98, 0, 255);

    public Obis {
        for (int part : new int[] {a, b, c, d, e, f}) {
            if (part < 0 || part > 255) {
                throw new IllegalArgumentException("OBIS parts are 0..255, got " + part);
            }
        }
    }

    /**
     * Reads {@code a.b.c.d.e.f}; a missing last part means 255.
     *
     * @throws IllegalArgumentException when the text is not five or six numbers of 0..255
     */
    public static Obis parse(String text) {
        String[] parts = text.strip().split("\\.", -1);
        if (parts.length != 5 && parts.length != 6) {
            throw new IllegalArgumentException("not an OBIS code (expected a.b.c.d.e.f): " + text);
        }
        int[] n = {0, 0, 0, 0, 0, 255};
        for (int i = 0; i < parts.length; i++) {
            try {
                n[i] = Integer.parseInt(parts[i]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not an OBIS code (expected a.b.c.d.e.f): " + text, e);
            }
        }
        return new Obis(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    /** Reads the six bytes of a logical name as they stand in an APDU. */
    public static Obis of(byte[] logicalName) {
        if (logicalName.length != 6) {
            throw new IllegalArgumentException("a logical name has 6 bytes, got " + logicalName.length);
        }
        return new Obis(
                logicalName[0] & 0xFF,
                logicalName[1] & 0xFF,
                logicalName[2] & 0xFF,
                logicalName[3] & 0xFF,
                logicalName[4] & 0xFF,
                logicalName[5] & 0xFF);
    }

    /** The six bytes of the logical name. */
    public byte[] bytes() {
        return new byte[] {(byte) a, (byte) b, (byte) c, (byte) d, (byte) e, (byte) f};
    }

    @Override
    public int compareTo(Obis other) {
        return java.util.Arrays.compareUnsigned(bytes(), other.bytes());
    }

    @Override
    public String toString() {
        return a + "." + b + "." + c + "." + d + "." + e + "." + f;
    }
}
