package org.telar.contract;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What the concentrator does by itself, on civil time (R92, D5).
 *
 * @param version grows with every change; an older one is ignored
 */
public record Agenda(long version, ZoneId zone, List<Activity> activities) {
    public Agenda {
        activities = List.copyOf(activities);
    }

    /** What an activity does. */
    public enum Type {
        N2PLOAD,
        CLOCK_CHECK,
        STATUS_POLL
    }

    /**
     * @param at local time of day, or empty when it runs by interval
     * @param everyMinutes interval from local midnight, 1..1440; 0 when it runs at a time
     */
    public record Activity(String name, Type type, Optional<LocalTime> at, int everyMinutes) {}
}
