package org.telar.meter.iec21.internal;

import java.nio.charset.StandardCharsets;

/** Control characters and messages of the reading side (IEC 62056-21 §6.3). */
final class Control {
    static final byte SOH = 0x01;
    static final byte STX = 0x02;
    static final byte ETX = 0x03;
    static final byte EOT = 0x04;
    static final byte ACK = 0x06;
    static final byte CR = 0x0D;
    static final byte LF = 0x0A;
    static final byte NAK = 0x15;

    private Control() {}

    /** Request message {@code /?ADDRESS!}. */
    static byte[] request(String address) {
        return ascii("/?" + address + "!\r\n");
    }

    /**
     * Acknowledgement and option select message.
     *
     * @param speed baud rate identification that both sides use from now on
     * @param mode 0 data readout, 1 programming mode
     */
    static byte[] optionSelect(char speed, char mode) {
        return ascii((char) ACK + "0" + speed + mode + "\r\n");
    }

    /** A command without a data set, such as {@code B0}. */
    static byte[] command(String code) {
        return withCheck((char) SOH + code + (char) ETX);
    }

    /** A command with its data set, such as {@code R5} with {@code 0.9.1()}. */
    static byte[] command(String code, String dataSet) {
        return withCheck((char) SOH + code + (char) STX + dataSet + (char) ETX);
    }

    private static byte[] withCheck(String message) {
        byte[] body = ascii(message + '\0');
        body[body.length - 1] = (byte) Bcc.of(body, 1, body.length - 1);
        return body;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
