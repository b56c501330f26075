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
        /** Load profile, daily closings, status words (D12). */
        N2PLOAD,
        /** Compare every meter's clock, correct it as D2 says. */
        CLOCK_CHECK,
        /** Status words and alarm registers of every meter (D16). */
        STATUS_POLL,
        /** Billing closings not held yet. */
        BILLING,
        /** Instantaneous values of every meter. */
        INSTANT,
        /** New rows of every meter's event logs. */
        EVENT_LOGS
    }

    /**
     * @param at local time of day, or empty when it runs by interval
     * @param everyMinutes interval from local midnight, 1..1440; 0 when it runs at a time
     */
    public record Activity(String name, Type type, Optional<LocalTime> at, int everyMinutes) {}
}
