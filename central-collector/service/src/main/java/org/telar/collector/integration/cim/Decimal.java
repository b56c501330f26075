package org.telar.collector.integration.cim;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * An exact decimal: unscaled × 10^exponent. Never a float: 0.1 must stay 0.1.
 *
 * @param exponent -40..40
 */
public record Decimal(long unscaled, int exponent) {
    private static final int MAX_EXPONENT = 40;
    private static final int SAFE_DIGITS = 18;

    /**
     * Reads a number as xs:float and xs:decimal write it, exponent included.
     *
     * @return empty when it is no number, or has more digits than 64 bits hold
     */
    public static Optional<Decimal> parse(char[] text, int length) {
        long value = 0;
        int digits = 0;
        int exponent = 0;
        boolean point = false;
        boolean negative = length > 0 && text[0] == '-';
        for (int i = negative || length > 0 && text[0] == '+' ? 1 : 0; i < length; i++) {
            char c = text[i];
            if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
                digits += value == 0 ? 0 : 1;
                exponent -= point ? 1 : 0;
                if (digits > SAFE_DIGITS) {
                    return slow(text, length);
                }
            } else if (c == '.' && !point) {
                point = true;
            } else {
                return slow(text, length);
            }
        }
        return length == 0 || exponent < -MAX_EXPONENT
                ? Optional.empty()
                : Optional.of(new Decimal(negative ? -value : value, exponent));
    }

    private static Optional<Decimal> slow(char[] text, int length) {
        if (length > 100) {
            return Optional.empty();
        }
        try {
            return of(new BigDecimal(text, 0, length));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Optional<Decimal> of(BigDecimal exact) {
        if (Math.abs((long) exact.scale()) > MAX_EXPONENT) {
            return exact.signum() == 0 ? Optional.of(new Decimal(0, 0)) : Optional.empty();
        }
        BigDecimal d = exact.precision() > SAFE_DIGITS ? exact.stripTrailingZeros() : exact;
        return d.unscaledValue().bitLength() < Long.SIZE
                ? Optional.of(new Decimal(d.unscaledValue().longValueExact(), -d.scale()))
                : Optional.empty();
    }

    /** The same number with its unscaled value counted in 10^exponent; empty when that does not fit. */
    public static Optional<Long> rescale(long unscaled, int from, int to) {
        long value = unscaled;
        for (int e = from; e > to; e--) {
            long high = Math.multiplyHigh(value, 10);
            long low = value * 10;
            if (high != low >> (Long.SIZE - 1)) {
                return Optional.empty();
            }
            value = low;
        }
        for (int e = from; e < to; e++) {
            if (value % 10 != 0) {
                return Optional.empty();
            }
            value /= 10;
        }
        return Optional.of(value);
    }

    public BigDecimal toBigDecimal() {
        return BigDecimal.valueOf(unscaled, -exponent);
    }
}
