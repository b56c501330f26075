package org.telar.api.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of one profile of one meter on a regular grid, column by column, with the rows off the grid beside them (D4).
 * Slot {@code i} ends at {@code firstEnd + i × period}.
 *
 * @param profile logical name of the profile
 * @param firstEnd UTC end of the first slot's interval
 * @param period capture period, whole seconds, 1 s to 1 day
 * @param columns channels; all have {@link #slots()} values; at most {@value #MAX_COLUMNS}
 * @param status per slot: the raw status word (not negative), {@link #MISSING} where the meter holds no row, or
 *     {@link #NOT_READ}. Not copied: do not modify.
 * @param offGrid rows off the grid, by time
 */
public record ProfileBlock(
        Obis profile, Instant firstEnd, Duration period, List<Column> columns, int[] status, List<OffGridRow> offGrid) {
    /** The meter was asked and holds no row for this slot. */
    public static final int MISSING = -1;
    /** Nobody asked the meter for this slot yet. */
    public static final int NOT_READ = -2;

    public static final int MAX_COLUMNS = 64;
    /** A leap year of one-minute slots; bounds what a decoder allocates. */
    public static final int MAX_SLOTS = 527_040;

    public ProfileBlock {
        columns = List.copyOf(columns);
        offGrid = List.copyOf(offGrid);
        if (period.toSeconds() < 1 || period.getNano() != 0 || period.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("capture period must be whole seconds up to one day: " + period);
        }
        if (firstEnd.getNano() != 0) {
            throw new IllegalArgumentException("interval ends are whole seconds: " + firstEnd);
        }
        if (columns.size() > MAX_COLUMNS || status.length > MAX_SLOTS) {
            throw new IllegalArgumentException("block of " + columns.size() + " columns, " + status.length + " slots");
        }
        for (Column c : columns) {
            if (c.values().length != status.length) {
                throw new IllegalArgumentException(
                        c.channel() + " has " + c.values().length + " values for " + status.length + " slots");
            }
        }
        for (OffGridRow r : offGrid) {
            if (r.values().length != columns.size()) {
                throw new IllegalArgumentException("off-grid row has " + r.values().length + " values");
            }
        }
    }

    public int slots() {
        return status.length;
    }

    public Instant endOf(int slot) {
        return firstEnd.plus(period.multipliedBy(slot));
    }

    /** True when both blocks may share one packed row: same profile, period, channels, scalers and units (D4). */
    public boolean sameShape(ProfileBlock other) {
        if (!profile.equals(other.profile) || !period.equals(other.period) || columns.size() != other.columns.size()) {
            return false;
        }
        for (int i = 0; i < columns.size(); i++) {
            Column a = columns.get(i);
            Column b = other.columns.get(i);
            if (!a.channel().equals(b.channel()) || !a.unit().equals(b.unit())) {
                return false;
            }
        }
        return true;
    }

    /** How many channel values the block carries, off-grid rows included. */
    public long valueCount() {
        long n = 0;
        for (Column c : columns) {
            for (long v : c.values()) {
                n += v == Column.ABSENT ? 0 : 1;
            }
        }
        for (OffGridRow r : offGrid) {
            for (long v : r.values()) {
                n += v == Column.ABSENT ? 0 : 1;
            }
        }
        return n;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ProfileBlock b
                && profile.equals(b.profile)
                && firstEnd.equals(b.firstEnd)
                && period.equals(b.period)
                && columns.equals(b.columns)
                && Arrays.equals(status, b.status)
                && offGrid.equals(b.offGrid);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * profile.hashCode() + firstEnd.hashCode()) + Arrays.hashCode(status);
    }
}
