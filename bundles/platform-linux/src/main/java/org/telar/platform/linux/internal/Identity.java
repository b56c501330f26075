package org.telar.platform.linux.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.telar.api.platform.Gateway;

/** Makes the gateway's identity: a DLMS system title is three letters of the manufacturer and a unique serial (D8). */
final class Identity {
    private static final long MOST_SERIAL = (1L << 40) - 1;

    private Identity() {}

    /** @throws IllegalArgumentException naming the key and what was expected */
    static Gateway gateway(String id, String manufacturer, long serial, String dataDirectory) {
        if (!manufacturer.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("manufacturer: three letters A-Z expected, got " + manufacturer);
        }
        if (serial < 0 || serial > MOST_SERIAL) {
            throw new IllegalArgumentException("serial: 0.." + MOST_SERIAL + " expected, got " + serial);
        }
        byte[] title = new byte[8];
        System.arraycopy(manufacturer.getBytes(StandardCharsets.US_ASCII), 0, title, 0, 3);
        for (int i = 0; i < 5; i++) {
            title[7 - i] = (byte) (serial >> 8 * i);
        }
        return new Gateway(id, title, Path.of(dataDirectory));
    }
}
