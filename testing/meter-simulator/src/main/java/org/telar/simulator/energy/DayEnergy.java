package org.telar.simulator.energy;

/**
 * One UTC day of one meter, in raw register units: what each series held at midnight and how much it had grown by the
 * end of each quarter. Immutable once built.
 */
final class DayEnergy {
    static final int SLOTS = 96;
    /** Series 0 to 3 are the import by tariff, then A-, Q1, Q2, Q3, Q4. */
    static final int SERIES = 9;

    static final int TARIFFS = 4;

    private final long[] start;
    private final int[][] grown;

    DayEnergy(long[] start, int[][] grown) {
        this.start = start;
        this.grown = grown;
    }

    /** Reading of a tariff register {@code slot} quarters after midnight UTC (0 to 96). */
    long tariff(int tariff, int slot) {
        return start[tariff] + grown[tariff][slot];
    }

    /** Reading of a channel's register {@code slot} quarters after midnight UTC (0 to 96). */
    long register(Channel channel, int slot) {
        if (channel != Channel.IMPORT) {
            int series = TARIFFS - 1 + channel.ordinal();
            return start[series] + grown[series][slot];
        }
        long sum = 0;
        for (int tariff = 0; tariff < TARIFFS; tariff++) {
            sum += tariff(tariff, slot);
        }
        return sum;
    }
}
