package org.telar.meter.dlms.internal;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The prefix of a meter behind a gateway (DLMS UA Green Book §10.10): {@code E6} in requests, {@code E7} in answers,
 * network id, length of the physical device address, that address. It stands outside of ciphering.
 *
 * @param network 0..255
 * @param device physical device address, 1 to 8 bytes
 */
record GatewayHeader(int network, byte[] device) {
    static final int REQUEST = 0xE6;
    static final int ANSWER = 0xE7;
    private static final int FIXED = 3;
    private static final int LONGEST = 8;

    /** Bytes of the longest header. */
    static final int LONGEST_HEADER = FIXED + LONGEST;

    /**
     * Reads {@code 1:000003E8}: network id in decimal, address in hexadecimal.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static GatewayHeader of(String text) {
        int colon = text.indexOf(':');
        try {
            int network = Integer.parseInt(text.substring(0, Math.max(0, colon)));
            byte[] device = HexFormat.of().parseHex(text.substring(colon + 1));
            if (network < 0 || network > 0xFF || device.length < 1 || device.length > LONGEST) {
                throw new IllegalArgumentException("out of range");
            }
            return new GatewayHeader(network, device);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "after @ expected network id and device address, as in 1:000003E8, got " + text, e);
        }
    }

    byte[] before(byte[] apdu) {
        byte[] out = new byte[FIXED + device.length + apdu.length];
        out[0] = (byte) REQUEST;
        out[1] = (byte) network;
        out[2] = (byte) device.length;
        System.arraycopy(device, 0, out, FIXED, device.length);
        System.arraycopy(apdu, 0, out, FIXED + device.length, apdu.length);
        return out;
    }

    /** An APDU and who sent it. */
    record Routed(GatewayHeader from, byte[] apdu) {}

    /** Empty when the bytes do not begin with an answer's header and something after it. */
    static Optional<Routed> read(byte[] bytes) {
        boolean header = bytes.length > FIXED
                && (bytes[0] & 0xFF) == ANSWER
                && bytes[2] >= 1
                && bytes[2] <= LONGEST
                && bytes.length > FIXED + bytes[2];
        if (!header) {
            return Optional.empty();
        }
        int begin = FIXED + bytes[2];
        return Optional.of(new Routed(
                new GatewayHeader(bytes[1] & 0xFF, Arrays.copyOfRange(bytes, FIXED, begin)),
                Arrays.copyOfRange(bytes, begin, bytes.length)));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof GatewayHeader h && network == h.network && Arrays.equals(device, h.device);
    }

    @Override
    public int hashCode() {
        return 31 * network + Arrays.hashCode(device);
    }

    @Override
    public String toString() {
        return network + ":" + HexFormat.of().withUpperCase().formatHex(device);
    }
}
