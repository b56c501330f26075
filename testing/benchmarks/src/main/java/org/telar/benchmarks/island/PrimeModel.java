package org.telar.benchmarks.island;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A PRIME network as its base node sees it; a model, no measurement. An APDU is cut into segments, each goes hop by hop,
 * each hop repeats a lost segment. One exchange is on its way at a time.
 *
 * @param hops from the base node to the meter
 * @param segment payload bytes of one segment
 * @param bitsPerSecond of the physical layer, for payload and headers
 * @param overhead bytes of MAC and convergence headers and checks with each segment, and of an acknowledgement
 * @param preamble preamble and physical header of a frame
 * @param access mean wait for the channel (CSMA) before a frame
 * @param loss share of segments lost on one hop, 0..1
 * @param tries of one segment on one hop, at most
 * @param unanswered share of exchanges with a well meter that get no answer all the same (noise bursts), 0..1
 * @param turnaround of the meter, from request to answer
 */
record PrimeModel(
        int hops,
        int segment,
        int bitsPerSecond,
        int overhead,
        Duration preamble,
        Duration access,
        double loss,
        int tries,
        double unanswered,
        Duration turnaround) {
    /** DBPSK with convolutional code, 21.4 kbit/s (PRIME 1.3.6), every meter behind one switch. */
    static final PrimeModel TWO_HOPS = new PrimeModel(
            2,
            63,
            21_400,
            17,
            Duration.ofNanos(6_528_000),
            Duration.ofMillis(12),
            0.02,
            6,
            0.002,
            Duration.ofMillis(80));

    /** What became of an exchange: how long segments moved, turnaround included, and whether the answer arrived. */
    record Outcome(long nanos, boolean answered) {}

    /** One exchange with a meter that is there, or is not. */
    Outcome exchange(MeterDay.Exchange apdus, boolean there, RandomGenerator dice) {
        if (!there) {
            // The switch still hears the base node; on the last hop nobody acknowledges.
            int first = Math.min(segment, apdus.up());
            return new Outcome((hops - 1L + tries) * onHop(first), false);
        }
        Outcome request = transfer(apdus.up(), dice);
        boolean burst = dice.nextDouble() < unanswered;
        if (!request.answered() || burst) {
            return new Outcome(request.nanos(), false);
        }
        Outcome response = transfer(apdus.down(), dice);
        return new Outcome(request.nanos() + turnaround.toNanos() + response.nanos(), response.answered());
    }

    private Outcome transfer(int bytes, RandomGenerator dice) {
        long nanos = 0;
        for (int left = bytes; left > 0; left -= segment) {
            long once = onHop(Math.min(segment, left));
            for (int hop = 0; hop < hops; hop++) {
                int used = 1;
                while (dice.nextDouble() < loss) {
                    if (used == tries) {
                        return new Outcome(nanos + used * once, false);
                    }
                    used++;
                }
                nanos += used * once;
            }
        }
        return new Outcome(nanos, true);
    }

    /** A segment and its acknowledgement on one hop. */
    private long onHop(int payload) {
        return access.toNanos() + 2 * preamble.toNanos() + bits(payload + overhead) + bits(overhead);
    }

    /** Time on the physical layer for so many bytes and nothing else. */
    long bits(long bytes) {
        return bytes * 8 * 1_000_000_000L / bitsPerSecond;
    }
}
