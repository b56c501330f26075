package org.telar.collector.integration;

import java.time.ZoneId;
import java.util.Optional;

/** What the registry knows about a meter and a message must say. Implementations are thread-safe and quick. */
@FunctionalInterface
public interface MeterDirectory {
    /**
     * @param zone civil time of its stamps and days (D5)
     * @param commodity 1 secondary, 2 primary values (D6)
     */
    record Entry(ZoneId zone, int commodity) {}

    /** The meter's entry, or the site's default for one that the registry does not know. */
    Entry of(String meterNumber);

    /** The number of the meter that our messages give this mRID; empty when there is none. */
    default Optional<String> numberOf(String mrid) {
        return Optional.empty();
    }

    /** Every meter in one zone with secondary values. */
    static MeterDirectory uniform(ZoneId zone) {
        Entry entry = new Entry(zone, 1);
        return number -> entry;
    }
}
