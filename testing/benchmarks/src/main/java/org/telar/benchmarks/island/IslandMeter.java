package org.telar.benchmarks.island;

import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.model.MeterId;

/** One meter: when it is on the network, and how much of its day is still missing. */
final class IslandMeter {
    /**
     * A time off the network.
     *
     * @param announced whether the base node tells of the return
     */
    record Away(long from, long to, boolean announced) {}

    private final Meter meter;
    private final Optional<Away> away;
    private int missing = MeterDay.ROWS;

    private IslandMeter(int number, Optional<Away> away) {
        this.away = away;
        this.meter = new Meter(
                new MeterId(Integer.toString(30_000_000 + number)),
                "dlms",
                "A",
                "TLR" + number,
                "plc",
                "wrapper:" + number,
                1,
                Authentication.HLS5,
                ZoneId.of("America/Santiago"),
                Map.of());
    }

    /**
     * A fleet: 3 % never answer, 2 % leave within the first 40 minutes for 10 to 45 minutes (every other return is
     * announced), 1 % join within the first hour, announced.
     */
    static List<IslandMeter> fleet(int meters, long seed) {
        Random dice = new Random(seed);
        List<IslandMeter> fleet = new ArrayList<>();
        for (int i = 0; i < meters; i++) {
            double lot = dice.nextDouble();
            Optional<Away> away = Optional.empty();
            if (lot < 0.03) {
                away = Optional.of(new Away(0, Long.MAX_VALUE, false));
            } else if (lot < 0.05) {
                long from = minutes(dice, 0, 40);
                away = Optional.of(new Away(from, from + minutes(dice, 10, 45), dice.nextBoolean()));
            } else if (lot < 0.06) {
                away = Optional.of(new Away(0, minutes(dice, 5, 60), true));
            }
            fleet.add(new IslandMeter(i, away));
        }
        return fleet;
    }

    private static long minutes(Random dice, int from, int to) {
        return (long) (Duration.ofMinutes(1).toNanos() * (from + dice.nextDouble() * (to - from)));
    }

    Meter meter() {
        return meter;
    }

    MeterId id() {
        return meter.id();
    }

    Optional<Away> away() {
        return away;
    }

    boolean isThere(long now) {
        return away.map(a -> now < a.from() || now >= a.to()).orElse(true);
    }

    /** False for those that never answer. */
    boolean isReachable() {
        return away.map(a -> a.to() < Long.MAX_VALUE).orElse(true);
    }

    int missing() {
        return missing;
    }

    void read(int rows) {
        missing -= rows;
    }
}
