package org.telar.acquisition;

/**
 * How many exchanges an IP medium bears at one time: one more for every window of answers, half of it when a meter that
 * used to answer does not (additive increase, multiplicative decrease). Never below 2 where 2 are allowed, never above
 * what the medium is configured for. Not thread-safe: its owner locks.
 */
final class InFlight {
    private final int least;
    private final int most;
    private double window;

    /** @param most 1..8; 1 on a line or a base node, where it never changes */
    InFlight(int most) {
        this.least = Math.min(2, most);
        this.most = most;
        this.window = least;
    }

    void answered(int exchanges) {
        for (int i = 0; i < exchanges && window < most; i++) {
            window = Math.min(most, window + 1 / window);
        }
    }

    void lost() {
        window = Math.max(least, window / 2);
    }

    int now() {
        // The sum of thirds and quarters must not fall short of a whole number by a rounding error.
        return (int) (window + 1e-9);
    }
}
