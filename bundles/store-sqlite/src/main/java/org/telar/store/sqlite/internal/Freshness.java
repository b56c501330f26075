package org.telar.store.sqlite.internal;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * From which sequence on entries count as fresh: those added within a span of monotonic time. What was there at the
 * start is not fresh. Thread-safe.
 */
final class Freshness {
    private static final int SAMPLES = 32;

    private final long span;
    private final ArrayDeque<long[]> samples = new ArrayDeque<>();

    Freshness(Duration span) {
        this.span = span.toNanos();
    }

    /** Called with the first sequence of what was added now. */
    synchronized void added(long sequence) {
        long now = System.nanoTime();
        if (samples.isEmpty() || now - samples.peekLast()[0] > span / SAMPLES) {
            samples.add(new long[] {now, sequence});
        }
        forgetOld(now);
    }

    synchronized long from() {
        forgetOld(System.nanoTime());
        return samples.isEmpty() ? Long.MAX_VALUE : samples.peek()[1];
    }

    synchronized void clear() {
        samples.clear();
    }

    private void forgetOld(long now) {
        while (!samples.isEmpty() && now - samples.peek()[0] > span) {
            samples.poll();
        }
    }
}
