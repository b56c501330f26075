package org.telar.collector.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** The rules that one day of one channel can be judged by. Pure; thread-safe. */
final class DayRules {
    private static final Set<String> CLOCK_CODES = Set.of("1.1.9", "1.4.9");
    private static final int ENOUGH_FOR_A_MEDIAN = 24;

    private final ValidationSettings settings;

    DayRules(ValidationSettings settings) {
        this.settings = settings;
    }

    List<Flag> check(HeldDay d) {
        List<Flag> flags = new ArrayList<>();
        int last = d.lastKnown();
        ranges(d, Rule.GAP, i -> i < last && d.unknown(i), n -> n + " slot(s) without a value", flags);
        ranges(
                d,
                Rule.MISSING,
                i -> d.absent(i) && !d.unknown(i),
                n -> n + " slot(s) that the meter has no value for",
                flags);
        ranges(
                d,
                Rule.FUTURE,
                i -> !d.absent(i)
                        && d.end(i) > d.readAt() + settings.futureTolerance().toSeconds(),
                n -> n + " interval(s) that end after they were read",
                flags);
        ranges(
                d,
                Rule.CLOCK,
                i -> !d.absent(i) && clockDoubted(d.quality()[i]),
                n -> n + " value(s) with a doubt about the clock",
                flags);
        negative(d, flags);
        if (!d.register()) {
            spike(d, flags);
        }
        zeroRun(d, flags);
        return flags;
    }

    private static boolean clockDoubted(String codes) {
        return Arrays.stream(codes.split("\\+")).anyMatch(CLOCK_CODES::contains);
    }

    private static void negative(HeldDay d, List<Flag> flags) {
        boolean[] bad = new boolean[d.size()];
        long before = HeldDay.ABSENT;
        for (int i = 0; i < d.size(); i++) {
            if (!d.absent(i)) {
                bad[i] = d.register() ? before != HeldDay.ABSENT && d.values()[i] < before : d.values()[i] < 0;
                before = d.values()[i];
            }
        }
        ranges(
                d,
                Rule.NEGATIVE,
                i -> bad[i],
                n -> d.register() ? "the register went back" : n + " increment(s) below zero",
                flags);
    }

    /** The median of the positive values, so that spikes do not lift their own measure. */
    private void spike(HeldDay d, List<Flag> flags) {
        long[] positive = Arrays.stream(d.values()).filter(v -> v > 0).sorted().toArray();
        if (positive.length < ENOUGH_FOR_A_MEDIAN) {
            return;
        }
        double limit = Math.max(
                (double) positive[positive.length / 2] * settings.spikeFactor(),
                settings.spikeFloor() / Math.pow(10, d.scaler()) * d.step() / 3600);
        ranges(
                d,
                Rule.SPIKE,
                i -> !d.absent(i) && d.values()[i] > limit,
                n -> n + " value(s) above " + settings.spikeFactor() + " times the day's median",
                flags);
    }

    private static void zeroRun(HeldDay d, List<Flag> flags) {
        if (!d.importing() || d.size() == 0) {
            return;
        }
        for (int i = 0; i < d.size(); i++) {
            boolean idle = !d.absent(i) && (d.register() ? d.values()[i] == d.values()[0] : d.values()[i] == 0);
            if (!idle) {
                return;
            }
        }
        flags.add(new Flag(
                d.day(),
                d.meter(),
                d.type(),
                Rule.ZERO_RUN,
                d.first() - d.step(),
                d.end(d.size() - 1),
                d.size(),
                "no energy was imported all day"));
    }

    /** Neighbouring slots make one flag. */
    private static void ranges(
            HeldDay d, Rule rule, IntPredicate concerned, IntFunction<String> detail, List<Flag> flags) {
        int from = -1;
        for (int i = 0; i <= d.size(); i++) {
            boolean in = i < d.size() && concerned.test(i);
            if (in && from < 0) {
                from = i;
            } else if (!in && from >= 0) {
                flags.add(new Flag(
                        d.day(),
                        d.meter(),
                        d.type(),
                        rule,
                        d.end(from) - d.step(),
                        d.end(i - 1),
                        i - from,
                        detail.apply(i - from)));
                from = -1;
            }
        }
    }
}
