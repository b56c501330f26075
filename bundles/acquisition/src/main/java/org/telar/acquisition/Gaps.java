package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

import org.telar.api.model.TimeRange;

/** What is not known yet of a meter (R41): missing slots of its load profile and closings that are due. */
public final class Gaps {
    /** Tells which slots are known; bit {@code i} is the slot that ends at {@code firstEnd + i × period}. */
    @FunctionalInterface
    public interface Known<E extends Exception> {
        BitSet known(Instant firstEnd, Duration period, int slots) throws E;
    }

    private Gaps() {}

    /**
     * Missing slots whose interval ended, neighbours merged, newest range first.
     *
     * @param from beginning of the window, on the grid: the first instant of a local day (D5)
     * @param to no slot that ends after it
     */
    public static <E extends Exception> List<TimeRange> profile(
            Instant from, Instant to, Duration period, Known<E> store) throws E {
        long slots = to.isAfter(from) ? Duration.between(from, to).dividedBy(period) : 0;
        if (slots == 0) {
            return List.of();
        }
        BitSet known = store.known(from.plus(period), period, Math.toIntExact(slots));
        List<TimeRange> gaps = new ArrayList<>();
        int last = known.previousClearBit((int) slots - 1);
        while (last >= 0) {
            int before = known.previousSetBit(last);
            gaps.add(new TimeRange(
                    from.plus(period.multipliedBy(before + 1L)), from.plus(period.multipliedBy(last + 1L))));
            last = before < 0 ? -1 : known.previousClearBit(before);
        }
        return gaps;
    }

    /**
     * Closings due and not held: one for every local day that ended within the window, days in a row merged, newest
     * first. Ranges hold stamps.
     */
    public static List<TimeRange> closings(Instant from, Instant to, ZoneId zone, Set<Instant> held) {
        List<TimeRange> gaps = new ArrayList<>();
        Instant newest = null;
        Instant oldest = null;
        for (LocalDate day = LocalDays.dayOf(to, zone); ; day = day.minusDays(1)) {
            Instant stamp = LocalDays.start(day, zone);
            boolean inWindow = stamp.isAfter(from);
            boolean missing = inWindow && !stamp.isAfter(to) && !held.contains(stamp);
            if (missing) {
                newest = newest == null ? stamp : newest;
                oldest = stamp;
            } else if (newest != null) {
                gaps.add(new TimeRange(oldest.minusSeconds(1), newest));
                newest = null;
            }
            if (!inWindow) {
                return gaps;
            }
        }
    }
}
