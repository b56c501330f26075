package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;

/**
 * Cuts what is missing into reads: the newest first, because somebody bills with it, each small enough that a broken
 * visit costs little. The first read also brings closings, clock and status words, so that a meter-day is one read.
 */
public final class LoadPlan {
    /** Ranges of one request; more would not fit the list that meters take in one APDU. */
    static final int MOST_RANGES = 4;

    private LoadPlan() {}

    /**
     * Makes the reads of one visit.
     *
     * @param profile gaps, newest first
     * @param closings gaps of closings, newest first
     * @param words status words and alarm registers to read
     * @param slotsPerRead most slots of one read, at least 1
     * @return at least one read: a meter of which nothing is missing is still asked for clock and status (D12)
     */
    public static List<ReadRequest> of(
            List<TimeRange> profile, List<TimeRange> closings, List<Obis> words, Duration period, int slotsPerRead) {
        List<List<TimeRange>> slices = slices(profile, period, slotsPerRead);
        List<List<TimeRange>> closingSlices = slices(closings, Duration.ofDays(1), slotsPerRead);
        List<ReadRequest> reads = new ArrayList<>();
        int count = Math.max(1, Math.max(slices.size(), closingSlices.size()));
        for (int i = 0; i < count; i++) {
            reads.add(new ReadRequest(
                    i < slices.size() ? slices.get(i) : List.of(),
                    i < closingSlices.size() ? closingSlices.get(i) : List.of(),
                    List.of(),
                    true,
                    i == 0 ? words : List.of()));
        }
        return reads;
    }

    /** Profile slots that a read asks for. */
    public static int slots(ReadRequest read, Duration period) {
        long slots = 0;
        for (TimeRange range : read.profile()) {
            slots += Duration.between(range.from(), range.to()).dividedBy(period);
        }
        return (int) slots;
    }

    /** Slices of at most so many slots and ranges, newest slice first, ranges ascending within one. */
    private static List<List<TimeRange>> slices(List<TimeRange> newestFirst, Duration step, int slots) {
        List<List<TimeRange>> slices = new ArrayList<>();
        List<TimeRange> slice = new ArrayList<>();
        long room = slots;
        for (TimeRange gap : newestFirst) {
            Instant to = gap.to();
            while (to.isAfter(gap.from())) {
                if (room == 0 || slice.size() == MOST_RANGES) {
                    slices.add(ascending(slice));
                    slice = new ArrayList<>();
                    room = slots;
                }
                Instant from = later(gap.from(), to.minus(step.multipliedBy(room)));
                slice.add(new TimeRange(from, to));
                // A day of 23 or 25 hours rounds up: the slice is then a slot smaller, never empty.
                room = Math.max(0, room - Math.max(1, Duration.between(from, to).dividedBy(step)));
                to = from;
            }
        }
        if (!slice.isEmpty()) {
            slices.add(ascending(slice));
        }
        return slices;
    }

    private static List<TimeRange> ascending(List<TimeRange> slice) {
        Collections.reverse(slice);
        return slice;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
