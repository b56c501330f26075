package org.telar.acquisition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Learns, for each meter model on one medium, how many profile slots one read may ask for. A model that answers in
 * blocks has short exchanges whatever is asked, one with a large PDU holds the medium for the whole answer; only the
 * measured length of an exchange tells (D14). Smoothed, because one retransmission on the line says nothing about the
 * model. Not thread-safe: its owner locks.
 */
final class Slices {
    static final long LONGEST = Duration.ofSeconds(3).toNanos();
    /** Below it a read brings little but its own overhead. */
    static final int FEWEST = 4;

    private static final double MARGIN = 0.9;
    private static final double GAIN = 0.125;

    private static final class Learned {
        private int limit = Integer.MAX_VALUE;
        private double longest;

        private void limit(int slots) {
            limit = slots;
            longest = 0;
        }
    }

    private final Map<String, Learned> models = new HashMap<>();

    int slots(String model, int most) {
        Learned learned = models.get(model);
        return learned == null ? most : Math.min(most, learned.limit);
    }

    /** A read of so many slots was answered; its longest exchange took so long. */
    void observed(String model, int slots, long longest) {
        Learned known = models.computeIfAbsent(model, m -> new Learned());
        if (slots > known.limit) {
            return; // Planned before the limit was learned: it says nothing new.
        }
        known.longest = known.longest == 0 ? longest : known.longest + GAIN * (longest - known.longest);
        if (known.longest > LONGEST && slots > FEWEST) {
            known.limit(Math.max(FEWEST, (int) (slots * MARGIN * LONGEST / known.longest)));
        } else if (slots == known.limit && known.longest < LONGEST / 2.0) {
            known.limit((int) Math.min(Integer.MAX_VALUE, 2L * slots));
        }
    }
}
