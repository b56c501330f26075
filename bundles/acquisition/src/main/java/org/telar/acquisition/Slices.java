package org.telar.acquisition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Learns, for each meter model on one medium, how many profile slots one read may ask for. A model that answers in
 * blocks has short exchanges whatever is asked, one with a large PDU holds the medium for the whole answer; only the
 * measured length of an exchange tells (D14). Not thread-safe: its owner locks.
 */
final class Slices {
    static final long LONGEST = Duration.ofSeconds(3).toNanos();
    /** Below it a read brings little but its own overhead. */
    static final int FEWEST = 4;

    private static final double MARGIN = 0.9;

    private final Map<String, Integer> learned = new HashMap<>();

    int slots(String model, int most) {
        return Math.min(most, learned.getOrDefault(model, most));
    }

    /** A read of so many slots was answered; its longest exchange took so long. */
    void observed(String model, int slots, long longest) {
        if (slots < 1) {
            return;
        }
        Integer limit = learned.get(model);
        if (longest > LONGEST) {
            int fits = (int) (slots * MARGIN * LONGEST / longest);
            // A retransmission must not shrink it for good, so it grows again below.
            learned.put(model, Math.max(FEWEST, limit == null ? fits : Math.min(limit, fits)));
        } else if (limit != null && slots >= limit && longest < LONGEST / 2) {
            learned.put(model, limit > Integer.MAX_VALUE / 2 ? limit : limit * 2);
        }
    }
}
