package org.telar.benchmarks.island;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.telar.acquisition.Priority;

/** What is counted during a run. Times in nanoseconds. */
final class Tally {
    private long airtime;
    private long ofLoad;
    private long ofRetries;
    private long longest;
    private long workLeft;
    private long busyMeanwhile;
    private int ordersKo;
    private int ordersLost;
    private final List<Long> orders = new ArrayList<>();

    void exchange(Priority lane, boolean retry, long held) {
        airtime += held;
        ofLoad += lane == Priority.ON_DEMAND ? 0 : held;
        ofRetries += retry ? held : 0;
        longest = Math.max(longest, held);
    }

    void passed(long time, boolean work, boolean busy) {
        workLeft += work ? time : 0;
        busyMeanwhile += work && busy ? time : 0;
    }

    void orderAnswered(long took) {
        orders.add(took);
    }

    /** @param there whether the meter was on the network when the order came */
    void orderKo(boolean there) {
        ordersKo++;
        ordersLost += there ? 1 : 0;
    }

    /** Airtime of everything but orders. */
    double loadSeconds() {
        return seconds(ofLoad);
    }

    double retryPercent() {
        return airtime == 0 ? 0 : 100.0 * ofRetries / airtime;
    }

    double busyPercent() {
        return workLeft == 0 ? 100 : 100.0 * busyMeanwhile / workLeft;
    }

    double longestSeconds() {
        return seconds(longest);
    }

    int orders() {
        return orders.size();
    }

    int ordersKo() {
        return ordersKo;
    }

    /** Orders to meters on the network that ended without an answer. */
    int ordersLost() {
        return ordersLost;
    }

    /** Seconds within which so many of the answered orders were answered, 0 if there were none. */
    double orderSeconds(double share) {
        if (orders.isEmpty()) {
            return 0;
        }
        List<Long> sorted = orders.stream().sorted().toList();
        return seconds(sorted.get((int) Math.ceil(share * sorted.size()) - 1));
    }

    private static double seconds(long nanos) {
        return nanos / (double) Duration.ofSeconds(1).toNanos();
    }
}
