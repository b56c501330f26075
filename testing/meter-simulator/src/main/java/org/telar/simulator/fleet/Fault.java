package org.telar.simulator.fleet;

import java.util.Random;

/** A fault that is set on a meter: it strikes at some of its occasions, from a seed of its own. Thread safe. */
public final class Fault {
    /**
     * When it strikes.
     *
     * @param value what the kind says: milliseconds, bytes, bits, a block or a year
     * @param skip occasions at the beginning that it lets pass
     * @param times how often it strikes before it is over
     * @param probability chance to strike at an occasion, 0 to 1
     * @param seed of its own random numbers
     */
    public record Terms(long value, long skip, long times, double probability, long seed) {
        /** Strikes always. */
        public static Terms always(FaultKind kind) {
            return new Terms(kind.usual(), 0, Long.MAX_VALUE, 1, 0);
        }
    }

    private final FaultKind kind;
    private final Terms terms;
    private final Random random;
    private long occasions;
    private long struck;

    Fault(FaultKind kind, Terms terms, int meter) {
        this.kind = kind;
        this.terms = terms;
        this.random = new Random(terms.seed() * 1_000_003 + meter * 31L + kind.ordinal());
    }

    public FaultKind kind() {
        return kind;
    }

    public long value() {
        return terms.value();
    }

    /** How often it has struck. */
    public synchronized long struck() {
        return struck;
    }

    /** True until it has struck as often as it should. */
    synchronized boolean pending() {
        return struck < terms.times();
    }

    /** One occasion: true if it strikes now. */
    synchronized boolean strikes() {
        if (!pending() || occasions++ < terms.skip() || random.nextDouble() >= terms.probability()) {
            return false;
        }
        struck++;
        return true;
    }

    /** A random number from 0 to bound - 1. */
    public synchronized int random(int bound) {
        return random.nextInt(bound);
    }
}
