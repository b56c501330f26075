package org.telar.collector.integration.cim;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The namespaces we write, and the variants that real senders use for the same: {@code www.}, other years, a missing
 * hash sign. One instance serves one document; not thread-safe.
 */
final class Namespaces {
    static final String MESSAGE = "http://iec.ch/TC57/2011/schema/message";
    static final String METER_READINGS = of("MeterReadings");

    private static final Pattern ENVELOPE =
            Pattern.compile("https?://(www\\.)?iec\\.ch/TC57/20\\d\\d/(schema/message#?|[A-Za-z]+Message#?)");
    private static final Pattern PAYLOAD =
            Pattern.compile("https?://(www\\.)?iec\\.ch/TC57/20\\d\\d/(?:schema/)?([A-Za-z]+)#?");
    private static final int CACHE = 64;

    private final Map<String, String> seen = new HashMap<>();

    static String of(String noun) {
        return "http://iec.ch/TC57/2011/" + noun + "#";
    }

    /** The namespace as we write it; one that we do not know stays as it is. */
    String normal(String uri) {
        if (uri == null || uri.isEmpty()) {
            return "";
        }
        String known = seen.get(uri);
        if (known == null) {
            known = find(uri);
            if (seen.size() < CACHE) {
                seen.put(uri, known);
            }
        }
        return known;
    }

    private static String find(String uri) {
        if (uri.length() > 200) {
            return uri;
        }
        if (ENVELOPE.matcher(uri).matches()) {
            return MESSAGE;
        }
        Matcher payload = PAYLOAD.matcher(uri);
        return payload.matches() ? of(payload.group(2)) : uri;
    }
}
