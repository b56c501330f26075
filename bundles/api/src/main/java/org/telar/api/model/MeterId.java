package org.telar.api.model;

import java.util.regex.Pattern;

/**
 * The number a utility knows a meter by (the document's "número de medidor").
 *
 * @param number 1 to 32 characters of {@code A-Z a-z 0-9 . _ -}
 */
public record MeterId(String number) implements Comparable<MeterId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    public MeterId {
        if (number == null || !FORM.matcher(number).matches()) {
            throw new IllegalArgumentException("a meter number is 1 to 32 of A-Z a-z 0-9 . _ -, got: " + number);
        }
    }

    @Override
    public int compareTo(MeterId other) {
        return number.compareTo(other.number);
    }

    @Override
    public String toString() {
        return number;
    }
}
