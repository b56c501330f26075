package org.telar.meter.iec21.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.telar.api.model.Obis;

/**
 * An OBIS code as these meters spell it: {@code A-B:C.D.E*F} with any of A-B, E and F left out, letters C, F, L and P
 * for 96 to 99 (IEC 62056-61), and {@code &} before F for a billing reset by hand.
 *
 * @param obis the code in full; F is 255 where the meter gives none
 * @param text as the meter spells it
 */
record Code(Obis obis, String text) {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,3})-(\\d{1,3}):)?([0-9]{1,3}|[CFLP])\\.([0-9]{1,3}|[CFLP])(?:\\.(\\d{1,3}))?"
                    + "(?:[*&](\\d{1,3}))?");
    private static final int FIRST_ABSTRACT = 96;
    private static final int PROFILE = 99;
    private static final int CURRENT = 255;

    /**
     * Reads a code.
     *
     * @param groupB value group B that is delivered as 0
     * @throws IllegalArgumentException when it is none
     */
    static Code parse(String text, int groupB) {
        return tryParse(text, groupB)
                .orElseThrow(() -> new IllegalArgumentException("not an OBIS code (expected A-B:C.D.E*F): " + text));
    }

    /** Reads a code; empty when it is none. */
    static Optional<Code> tryParse(String text, int groupB) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        int c = letter(m.group(3));
        int d = letter(m.group(4));
        int b = number(m.group(2), 0);
        int e = number(m.group(5), 0);
        int f = number(m.group(6), CURRENT);
        // Identity, errors and lists belong to no medium; profiles and the rest to electricity.
        boolean abstractObject = c >= FIRST_ABSTRACT && c < PROFILE;
        int a = number(m.group(1), abstractObject ? 0 : 1);
        if (a > 255 || b > 255 || c > 255 || d > 255 || e > 255 || f > 255) {
            return Optional.empty();
        }
        return Optional.of(new Code(new Obis(a, b == groupB ? 0 : b, c, d, e, f), text));
    }

    /** The short spelling that every meter takes in a command: {@code 1.8.0}, {@code F.F}, {@code C.1.0}. */
    static String shortOf(Obis obis) {
        if (obis.c() == 97 && obis.d() == 97) {
            return "F.F";
        }
        String tail = obis.f() == CURRENT ? "" : "*" + obis.f();
        String c = obis.c() == FIRST_ABSTRACT ? "C" : Integer.toString(obis.c());
        return c + "." + obis.d() + "." + obis.e() + tail;
    }

    /** True when both name the same quantity of the same period, whatever medium and channel were spelled. */
    boolean sameQuantity(Code other) {
        return sameQuantity(other.obis);
    }

    /** As {@link #sameQuantity(Code)}. */
    boolean sameQuantity(Obis other) {
        return obis.c() == other.c() && obis.d() == other.d() && obis.e() == other.e() && obis.f() == other.f();
    }

    private static int letter(String text) {
        return switch (text) {
            case "C" -> 96;
            case "F" -> 97;
            case "L" -> 98;
            case "P" -> 99;
            default -> Integer.parseInt(text);
        };
    }

    private static int number(String text, int otherwise) {
        return text == null ? otherwise : Integer.parseInt(text);
    }
}
