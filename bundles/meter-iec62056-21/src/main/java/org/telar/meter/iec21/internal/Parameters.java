package org.telar.meter.iec21.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;

/**
 * What the meter table says about a meter of this driver: {@code iec21:ADDRESS} in the address column (the address may
 * be empty: any meter on the link answers) and these parameters, all with a default. Other names are other parts'
 * (the agenda reads {@code period}) and are left alone.
 *
 * <ul>
 *   <li>{@code time}: what the meter's stamps are in, {@code local} (default), {@code standard} (winter time all year)
 *       or {@code utc}
 *   <li>{@code season}: {@code yes} (default) when stamps that we send carry the season digit (ZSTs11), {@code no} for
 *       plain ones (ZST10). Stamps that we read say themselves which they are.
 *   <li>{@code identity}: code that holds the identity, default {@code 0.0.0}; {@code C.1.0} on other makes
 *   <li>{@code speed}: {@code announced} (default: acknowledge the speed that the meter offers; radio modems and TCP
 *       servers see to their own speed) or {@code initial} (stay at the speed of the sign-on)
 *   <li>{@code group_b}: value group B under which the meter keeps its main quantities, default 0; it is delivered as 0
 *   <li>{@code blocks}: {@code partial} (default, R6) or {@code whole} (R5) profile answers
 *   <li>{@code billing}: {@code no} (default) or {@code yes}: with the daily closings, read the data readout for the
 *       billing history values
 *   <li>{@code parity}: {@code none} (default: the channel sees to it) or {@code even} (seven bits and even parity done
 *       here, for modems that carry eight bits)
 *   <li>{@code message_s}: longest duration of one message, 1 to 600 s, default 60
 * </ul>
 */
record Parameters(
        String address,
        MeterTime time,
        boolean season,
        Code identity,
        boolean announcedSpeed,
        int groupB,
        boolean partialBlocks,
        boolean billing,
        boolean softParity,
        Duration longestMessage) {
    private static final Instant FIRST = Instant.parse("2000-01-02T00:00:00Z");
    private static final Instant LAST = Instant.parse("2099-12-30T00:00:00Z");
    private static final String SCHEME = "iec21:";
    /** Device address: at most 32 of digits, letters and space (§6.3.2, item 22). */
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Za-z ]{0,32}");

    static Parameters of(Meter meter) throws MeterException {
        try {
            return read(meter.address(), meter.zone(), meter.parameters());
        } catch (IllegalArgumentException e) {
            throw new MeterException(Ko.UNSUPPORTED, meter.id(), "meter table: " + e.getMessage(), e);
        }
    }

    private static Parameters read(String address, ZoneId zone, Map<String, String> given) {
        if (!address.startsWith(SCHEME)
                || !ADDRESS.matcher(address.substring(SCHEME.length())).matches()) {
            throw new IllegalArgumentException(
                    "address: expected iec21: and up to 32 digits or letters, got '" + address + "'");
        }
        String time = choice(given, "time", "local", "standard", "utc");
        return new Parameters(
                address.substring(SCHEME.length()),
                new MeterTime(zone, MeterTime.Convention.valueOf(time.toUpperCase(Locale.ROOT))),
                choice(given, "season", "yes", "no").equals("yes"),
                Code.parse(given.getOrDefault("identity", "0.0.0"), 0),
                choice(given, "speed", "announced", "initial").equals("announced"),
                number(given, "group_b", 0, 0, 255),
                choice(given, "blocks", "partial", "whole").equals("partial"),
                choice(given, "billing", "no", "yes").equals("yes"),
                choice(given, "parity", "none", "even").equals("even"),
                Duration.ofSeconds(number(given, "message_s", 60, 1, 600)));
    }

    /** Formats the border of a profile range as this meter wants it; two digits of the year span one century. */
    String stamp(Instant at) {
        Instant within = at.isBefore(FIRST) ? FIRST : at.isAfter(LAST) ? LAST : at;
        return time.format(within, season);
    }

    private static String choice(Map<String, String> given, String name, String... choices) {
        String value = given.getOrDefault(name, choices[0]);
        for (String choice : choices) {
            if (choice.equals(value)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                name + ": expected one of " + String.join(", ", choices) + ", got '" + value + "'");
    }

    private static int number(Map<String, String> given, String name, int otherwise, int least, int most) {
        String value = given.getOrDefault(name, Integer.toString(otherwise));
        try {
            int n = Integer.parseInt(value);
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // The sentence below says what was expected.
        }
        throw new IllegalArgumentException(
                name + ": expected a number from " + least + " to " + most + ", got '" + value + "'");
    }
}
