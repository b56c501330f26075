package org.telar.collector.integration.cim;

/** Plain decimal text of unscaled × 10^exponent without a BigDecimal, for the common case. Not thread-safe. */
final class DecimalText {
    private static final int MAX_SHIFT = 18;

    private final char[] text = new char[48];

    char[] text() {
        return text;
    }

    /** Number of characters now in {@link #text}; 0 when the case is not a common one. */
    int format(long unscaled, int exponent) {
        if (exponent > 0 || exponent < -MAX_SHIFT || unscaled == Long.MIN_VALUE) {
            return 0;
        }
        int decimals = -exponent;
        int at = text.length;
        long rest = Math.abs(unscaled);
        for (int i = 0; i < decimals; i++) {
            text[--at] = (char) ('0' + rest % 10);
            rest /= 10;
        }
        if (decimals > 0) {
            text[--at] = '.';
        }
        do {
            text[--at] = (char) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        if (unscaled < 0) {
            text[--at] = '-';
        }
        System.arraycopy(text, at, text, 0, text.length - at);
        return text.length - at;
    }
}
