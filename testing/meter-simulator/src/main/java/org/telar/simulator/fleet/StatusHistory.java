package org.telar.simulator.fleet;

import org.telar.simulator.energy.Mix;

/** Status bits of the profile rows: a few quiet events a month, from the seed. Bits as in the DSMR AMR status. */
public final class StatusHistory {
    public static final int CRITICAL_ERROR = 0x01;
    public static final int CLOCK_INVALID = 0x02;
    public static final int DATA_NOT_VALID = 0x04;
    public static final int DAYLIGHT_SAVING = 0x08;
    public static final int CLOCK_ADJUSTED = 0x20;
    public static final int POWER_DOWN = 0x80;

    private static final int SLOTS = 96;

    private final long key;

    StatusHistory(long seed, long meter) {
        key = Mix.hash(seed, meter, 0x53_54_41_54, 0);
    }

    /** Bits of the row that ends at the start of this slot, daylight saving apart. */
    public int bits(long endSlot) {
        long day = Math.floorDiv(endSlot, SLOTS);
        if ((int) (SLOTS * Mix.unit(key, day, 1, 0)) != Math.floorMod(endSlot, SLOTS)) {
            return 0;
        }
        double kind = Mix.unit(key, day, 2, 0);
        if (kind < 0.04) {
            return CLOCK_ADJUSTED;
        }
        if (kind < 0.06) {
            return POWER_DOWN;
        }
        if (kind < 0.07) {
            return DATA_NOT_VALID;
        }
        return kind < 0.075 ? CRITICAL_ERROR | DATA_NOT_VALID : 0;
    }

    /** True on the few days on which the event log has an entry. */
    public boolean event(long day) {
        return Mix.unit(key, day, 3, 0) < 0.12;
    }

    /** Second of the UTC day at which the event happened. */
    public int eventSecond(long day) {
        return (int) (86_400 * Mix.unit(key, day, 4, 0));
    }

    /** Event code of that day: 1 power down, 2 power up, 8 clock adjusted, 11 alarm register cleared. */
    public int eventCode(long day) {
        int[] codes = {1, 2, 4, 5, 8, 11};
        return codes[(int) (codes.length * Mix.unit(key, day, 5, 0))];
    }
}
