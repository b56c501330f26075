package org.telar.meter.iec21.internal;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.telar.api.model.Unit;

/**
 * A decimal number as the meter writes it, kept exact.
 *
 * @param digits the number without its point
 * @param decimals digits behind the point, 0 to 9
 */
record Quantity(long digits, int decimals) {
    /** Up to 18 digits in all: what a long surely holds. */
    private static final Pattern FORM = Pattern.compile("-?(?=[\\d.]{1,19}$)\\d{1,18}(\\.\\d{0,9})?");

    private static final int MAX_DIGITS = 18;
    private static final Map<String, Unit> UNITS = Map.ofEntries(
            Map.entry("Wh", new Unit(0, Unit.WATT_HOUR)),
            Map.entry("kWh", new Unit(3, Unit.WATT_HOUR)),
            Map.entry("MWh", new Unit(6, Unit.WATT_HOUR)),
            Map.entry("varh", new Unit(0, Unit.VAR_HOUR)),
            Map.entry("kvarh", new Unit(3, Unit.VAR_HOUR)),
            Map.entry("Mvarh", new Unit(6, Unit.VAR_HOUR)),
            Map.entry("VAh", new Unit(0, 31)),
            Map.entry("kVAh", new Unit(3, 31)),
            Map.entry("MVAh", new Unit(6, 31)),
            Map.entry("W", new Unit(0, Unit.WATT)),
            Map.entry("kW", new Unit(3, Unit.WATT)),
            Map.entry("MW", new Unit(6, Unit.WATT)),
            Map.entry("VA", new Unit(0, 28)),
            Map.entry("kVA", new Unit(3, 28)),
            Map.entry("var", new Unit(0, 29)),
            Map.entry("kvar", new Unit(3, 29)),
            Map.entry("A", new Unit(0, 33)),
            Map.entry("V", new Unit(0, 35)),
            Map.entry("Hz", new Unit(0, 44)));

    /** Reads a number; empty when the text is none. */
    static Optional<Quantity> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        int point = text.indexOf('.');
        String digits = point < 0 ? text : text.substring(0, point) + text.substring(point + 1);
        if (digits.length() - (digits.startsWith("-") ? 1 : 0) > MAX_DIGITS) {
            return Optional.empty();
        }
        return Optional.of(new Quantity(Long.parseLong(digits), point < 0 ? 0 : text.length() - point - 1));
    }

    /** Prefix and unit of a symbol such as {@code kWh}; {@link Unit#NONE} for one that DLMS does not list. */
    static Unit symbol(String text) {
        return UNITS.getOrDefault(text, new Unit(0, Unit.NONE));
    }

    /** Scaler and unit of a number with this many decimals in that unit. */
    static Unit unit(String symbol, int decimals) {
        Unit unit = symbol(symbol);
        return new Unit(unit.scaler() - decimals, unit.code());
    }

    /** The digits with more decimals behind the point. */
    long withDecimals(int more) {
        long value = digits;
        for (int i = decimals; i < more; i++) {
            value = Math.multiplyExact(value, 10L);
        }
        return value;
    }
}
