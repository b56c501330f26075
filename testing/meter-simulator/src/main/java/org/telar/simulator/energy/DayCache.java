package org.telar.simulator.energy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The last days that were asked for, of all meters, bounded. Thread safe. */
public final class DayCache {
    private record Key(long meter, long day) {}

    private final Map<Key, DayEnergy> days;

    /** @param capacity most days kept; one takes about 4 kB */
    public DayCache(int capacity) {
        days = new LinkedHashMap<>(capacity * 2, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, DayEnergy> eldest) {
                return size() > capacity;
            }
        };
    }

    DayEnergy get(long meter, long day, Supplier<DayEnergy> build) {
        Key key = new Key(meter, day);
        synchronized (days) {
            DayEnergy known = days.get(key);
            if (known != null) {
                return known;
            }
        }
        DayEnergy built = build.get();
        synchronized (days) {
            days.put(key, built);
        }
        return built;
    }
}
