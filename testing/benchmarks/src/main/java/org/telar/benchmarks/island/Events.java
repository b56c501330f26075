package org.telar.benchmarks.island;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/** Virtual time: what happens when, in nanoseconds from the start. Events of one instant happen as they were planned. */
final class Events {
    private record Event(long at, long number, Runnable what) {}

    private final PriorityQueue<Event> planned =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final BiConsumer<Long, Long> passing;
    private long numbers;
    private long now;

    /** @param passing told of every stretch of time, from and to, before what happens at its end */
    Events(BiConsumer<Long, Long> passing) {
        this.passing = passing;
    }

    long now() {
        return now;
    }

    void after(Duration delay, Runnable what) {
        at(now + delay.toNanos(), what);
    }

    void at(long when, Runnable what) {
        planned.add(new Event(Math.max(now, when), numbers++, what));
    }

    /** @return false when nothing is planned any more */
    boolean next() {
        Event event = planned.poll();
        if (event == null) {
            return false;
        }
        if (event.at() > now) {
            passing.accept(now, event.at());
            now = event.at();
        }
        event.what().run();
        return true;
    }
}
