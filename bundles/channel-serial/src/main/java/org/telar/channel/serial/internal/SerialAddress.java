package org.telar.channel.serial.internal;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.telar.api.channel.SerialLine;
import org.telar.api.channel.SerialLine.Parity;

/**
 * {@code serial:/dev/ttyUSB0?baud=9600&data=8&parity=none&stop=1}, each part after the question mark optional.
 *
 * @param device path of the device
 * @param settings baud 50..4 000 000; data bits 5..8; parity none, even or odd; stop bits 1 or 2
 */
record SerialAddress(String device, SerialLine.Settings settings) {
    private static final Set<String> KEYS = Set.of("baud", "data", "parity", "stop");

    static SerialAddress of(URI address) throws IOException {
        if (address.getPath() == null || address.getPath().length() < 2) {
            throw new IOException("expected serial:/dev/NAME?baud=9600&data=8&parity=none&stop=1, got " + address);
        }
        Map<String, String> query = query(address);
        return new SerialAddress(
                address.getPath(),
                new SerialLine.Settings(
                        number(address, query, "baud", 9600, 50, 4_000_000),
                        number(address, query, "data", 8, 5, 8),
                        parity(address, query.getOrDefault("parity", "none")),
                        number(address, query, "stop", 1, 1, 2)));
    }

    private static Map<String, String> query(URI address) throws IOException {
        Map<String, String> result = new HashMap<>();
        String query = address.getQuery();
        for (String part : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw new IOException(address + ": unknown \"" + part + "\", expected baud, data, parity or stop");
            }
            result.put(key, part.substring(equals + 1));
        }
        return result;
    }

    private static Parity parity(URI address, String text) throws IOException {
        for (Parity p : Parity.values()) {
            if (p.name().equalsIgnoreCase(text)) {
                return p;
            }
        }
        throw new IOException(address + ": parity is none, even or odd, got " + text);
    }

    private static int number(URI address, Map<String, String> query, String key, int otherwise, int min, int max)
            throws IOException {
        String text = query.get(key);
        try {
            int value = text == null ? otherwise : Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IOException(address + ": " + key + " is a number from " + min + " to " + max + ", got " + text);
    }
}
