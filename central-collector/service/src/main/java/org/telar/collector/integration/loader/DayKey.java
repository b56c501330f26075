package org.telar.collector.integration.loader;

import java.util.Comparator;

/**
 * Key of a packed row.
 *
 * @param day local day, as days since 1970
 */
record DayKey(int day, int meter, short type) implements Comparable<DayKey> {
    private static final Comparator<DayKey> ORDER =
            Comparator.comparingInt(DayKey::day).thenComparingInt(DayKey::meter).thenComparingInt(DayKey::type);

    @Override
    public int compareTo(DayKey other) {
        return ORDER.compare(this, other);
    }
}
