package org.telar.benchmarks;

import java.util.Optional;

/**
 * One measured number.
 *
 * @param value what was measured, in {@code unit}
 * @param reference what to compare it with, in words
 * @param target the promise, empty when the figure is only reported
 */
public record Figure(String name, double value, String unit, String reference, Optional<Target> target) {
    /** A bound that the value must keep. */
    public record Target(boolean atMost, double bound) {
        boolean met(double value) {
            return atMost ? value <= bound : value >= bound;
        }

        @Override
        public String toString() {
            return (atMost ? "<= " : ">= ") + plain(bound);
        }
    }

    public static Figure atMost(String name, double value, String unit, double bound, String reference) {
        return new Figure(name, value, unit, reference, Optional.of(new Target(true, bound)));
    }

    public static Figure atLeast(String name, double value, String unit, double bound, String reference) {
        return new Figure(name, value, unit, reference, Optional.of(new Target(false, bound)));
    }

    public static Figure reported(String name, double value, String unit, String reference) {
        return new Figure(name, value, unit, reference, Optional.empty());
    }

    public boolean met() {
        return target.map(t -> t.met(value)).orElse(true);
    }

    public static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(Math.round(value * 1000) / 1000.0);
    }
}
