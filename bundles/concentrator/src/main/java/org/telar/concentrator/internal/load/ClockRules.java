package org.telar.concentrator.internal.load;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

import org.telar.acquisition.LocalDays;
import org.telar.api.platform.ClockTrust;

/** When a meter's clock may be written, and how (D2). Decides only. */
public final class ClockRules {
    static final Duration WARN = Duration.ofSeconds(30);
    static final Duration SHIFT = Duration.ofSeconds(60);
    static final Duration ALARM = Duration.ofMinutes(10);
    /** Most that a shift can do (IEC 62056-62, class 8 method 6). */
    static final Duration MOST_SHIFT = Duration.ofSeconds(900);

    private static final Duration FROM_BOUNDARY = Duration.ofMinutes(2);
    private static final Duration FROM_MIDNIGHT = Duration.ofMinutes(15);

    /** What to do. */
    public enum Action {
        /** Right enough. */
        NOTHING,
        /** Above the warning, below the shift: reported. */
        WARN,
        SHIFT,
        /** Set, by an operator's order. */
        SET,
        /** Too far for an automatic correction. */
        ALARM,
        /** Due, but not now: too near a capture boundary or midnight. */
        POSTPONE,
        /** The host clock is not trusted; no meter clock is judged or written. */
        UNTRUSTED
    }

    /** @param why one sentence */
    public record Decision(Action action, String why) {}

    private ClockRules() {}

    /**
     * Decides.
     *
     * @param offset meter clock minus host clock
     * @param now host clock
     * @param period capture period of the meter
     * @param operator true when an operator ordered it
     */
    public static Decision decide(
            Duration offset, Instant now, ZoneId zone, Duration period, ClockTrust trust, boolean operator) {
        if (!trust.isTrusted()) {
            return new Decision(Action.UNTRUSTED, "the host clock is not trusted: " + trust.reason());
        }
        Duration off = offset.abs();
        String by = "the meter's clock is off by " + offset.toSeconds() + " s";
        if (off.compareTo(SHIFT) < 0 && !(operator && off.compareTo(Duration.ofSeconds(1)) >= 0)) {
            return new Decision(off.compareTo(WARN) > 0 ? Action.WARN : Action.NOTHING, by);
        }
        if (off.compareTo(ALARM) > 0 && !operator) {
            return new Decision(Action.ALARM, by + "; above 10 min only an operator's order sets it");
        }
        if (isNear(now, zone, period) || isNear(now.plus(offset), zone, period)) {
            return new Decision(Action.POSTPONE, by + "; not within 2 min of a capture or 15 min of midnight");
        }
        return new Decision(off.compareTo(MOST_SHIFT) <= 0 ? Action.SHIFT : Action.SET, by);
    }

    /** Whether an instant lies too near a capture boundary or a local midnight. */
    static boolean isNear(Instant at, ZoneId zone, Duration period) {
        LocalDate day = LocalDays.dayOf(at, zone);
        Instant midnight = LocalDays.start(day, zone);
        Duration since = Duration.between(midnight, at);
        if (since.compareTo(FROM_MIDNIGHT) < 0
                || Duration.between(at, LocalDays.end(day, zone)).compareTo(FROM_MIDNIGHT) < 0) {
            return true;
        }
        long phase = since.toMillis() % period.toMillis();
        return phase < FROM_BOUNDARY.toMillis() || period.toMillis() - phase < FROM_BOUNDARY.toMillis();
    }
}
