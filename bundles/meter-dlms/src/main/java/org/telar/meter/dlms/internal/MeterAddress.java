package org.telar.meter.dlms.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Address of a meter on its medium, as in the meter table.
 *
 * <ul>
 *   <li>{@code wrapper:17} DLMS wrapper (IEC 62056-47), server wPort 17, 0..65535
 *   <li>{@code hdlc:1} one-byte server address, logical device 1 (IEC 62056-46 §6.4.2.3)
 *   <li>{@code hdlc:1/17} logical device 1 at physical device 17; two bytes, four when a part is above 127
 *   <li>{@code hdlc:1/17/4} the same in four bytes, whatever the values
 *   <li>{@code prime:TLRA00012345} the node of a PRIME network with this DLMS identity, or this EUI-48
 * </ul>
 *
 * Behind a gateway, {@code @} and the network id and device address follow: {@code wrapper:1@1:000003E8}.
 */
sealed interface MeterAddress {
    int MAX_WPORT = 0xFFFF;

    /** @param name identity or EUI-48 of the node; which id it has is the network's to tell */
    record Prime(String name) implements MeterAddress {}

    /** @param device server wPort */
    record Wrapper(int device) implements MeterAddress {}

    /**
     * @param logical upper address, 0..0x3FFF
     * @param physical lower address, 0..0x3FFF; absent (0) in a one-byte address
     * @param size bytes on the wire: 1, 2 or 4
     */
    record Hdlc(int logical, int physical, int size) implements MeterAddress {
        private static final int ONE_BYTE = 0x7F;
        private static final int TWO_BYTES = 0x3FFF;

        public Hdlc {
            int limit = size == 4 ? TWO_BYTES : ONE_BYTE;
            boolean known = size == 1 || size == 2 || size == 4;
            if (!known || logical < 0 || physical < 0 || logical > limit || physical > limit) {
                throw new IllegalArgumentException(
                        "no HDLC address of " + size + " bytes: " + logical + "/" + physical);
            }
        }

        /** The address of a frame; the form of the meter table. */
        static String told(byte[] bytes) {
            return switch (bytes.length) {
                case 1 -> "hdlc:" + ((bytes[0] & 0xFF) >> 1);
                case 2 -> "hdlc:" + ((bytes[0] & 0xFF) >> 1) + "/" + ((bytes[1] & 0xFF) >> 1);
                default -> {
                    int logical = (bytes[0] & 0xFF) >> 1 << 7 | (bytes[1] & 0xFF) >> 1;
                    int physical = (bytes[2] & 0xFF) >> 1 << 7 | (bytes[3] & 0xFF) >> 1;
                    boolean small = logical <= ONE_BYTE && physical <= ONE_BYTE;
                    yield "hdlc:" + logical + "/" + physical + (small ? "/4" : "");
                }
            };
        }

        byte[] encoded() {
            return switch (size) {
                case 1 -> new byte[] {(byte) (logical << 1 | 1)};
                case 2 -> new byte[] {(byte) (logical << 1), (byte) (physical << 1 | 1)};
                default ->
                    new byte[] {
                        (byte) (logical >> 7 << 1),
                        (byte) (logical << 1),
                        (byte) (physical >> 7 << 1),
                        (byte) (physical << 1 | 1)
                    };
            };
        }
    }

    Pattern FORM = Pattern.compile("(wrapper|hdlc):(\\d{1,5})(?:/(\\d{1,5})(?:/([124]))?)?");

    String PRIME = "prime:";

    /** The address without the part behind a gateway. */
    static String base(String address) {
        int at = address.indexOf('@');
        return at < 0 ? address : address.substring(0, at);
    }

    /**
     * The part behind a gateway.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static Optional<GatewayHeader> gateway(String address) {
        int at = address.indexOf('@');
        return at < 0 ? Optional.empty() : Optional.of(GatewayHeader.of(address.substring(at + 1)));
    }

    /** @throws IllegalArgumentException with what was expected */
    static MeterAddress parse(String address) {
        String text = base(address);
        if (text.startsWith(PRIME) && text.length() > PRIME.length()) {
            return new Prime(text.substring(PRIME.length()));
        }
        Matcher m = FORM.matcher(text);
        if (!m.matches() || m.group(1).equals("wrapper") && m.group(3) != null) {
            throw new IllegalArgumentException(
                    "expected wrapper:17, hdlc:1/17, hdlc:1/17/4 or prime:IDENTITY, got " + text);
        }
        int first = Integer.parseInt(m.group(2));
        if (m.group(1).equals("wrapper")) {
            if (first > MAX_WPORT) {
                throw new IllegalArgumentException("a wrapper address is 0.." + MAX_WPORT + ", got " + text);
            }
            return new Wrapper(first);
        }
        if (m.group(3) == null) {
            return new Hdlc(first, 0, 1);
        }
        int physical = Integer.parseInt(m.group(3));
        int fitting = Math.max(first, physical) > 0x7F ? 4 : 2;
        return new Hdlc(first, physical, m.group(4) == null ? fitting : Integer.parseInt(m.group(4)));
    }
}
