package org.telar.simulator.energy;

/** Stateless pseudo-random numbers: the same inputs give the same output on every machine (SplitMix64 finalizer). */
public final class Mix {
    private Mix() {}

    /** A well-mixed 64-bit hash of up to four inputs. */
    public static long hash(long a, long b, long c, long d) {
        long z = finish(a + 0x9E3779B97F4A7C15L);
        z = finish(z ^ (b + 0xBF58476D1CE4E5B9L));
        z = finish(z ^ (c + 0x94D049BB133111EBL));
        return finish(z ^ (d + 0xD6E8FEB86659FD93L));
    }

    /** A number in [0, 1) from a hash of the inputs. */
    public static double unit(long a, long b, long c, long d) {
        return (hash(a, b, c, d) >>> 11) * 0x1.0p-53;
    }

    private static long finish(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
