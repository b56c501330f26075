package org.telar.simulator.media;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.telar.simulator.apdu.RequestListener;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** Counts bytes, associations and round trips by medium (D14). Thread safe. */
public final class Traffic implements RequestListener {
    /**
     * What one medium carried since the last reset.
     *
     * @param associations completed
     * @param requests request APDUs answered, association, HLS and release apart
     * @param busiest most requests that one meter answered
     * @param bytesIn bytes received, framing included
     * @param bytesOut bytes sent, framing included
     */
    public record Totals(long associations, long requests, long busiest, long bytesIn, long bytesOut) {}

    private static final class Counters {
        private final LongAdder associations = new LongAdder();
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder bytesOut = new LongAdder();
        private final Map<Meter, LongAdder> requests = new ConcurrentHashMap<>();
    }

    private final Map<Medium, Counters> counters = new EnumMap<>(Medium.class);

    public Traffic() {
        reset();
    }

    /** Starts again from zero. */
    public synchronized void reset() {
        for (Medium medium : Medium.values()) {
            counters.put(medium, new Counters());
        }
    }

    private synchronized Counters of(Medium medium) {
        return counters.get(medium);
    }

    void in(Medium medium, int bytes) {
        of(medium).bytesIn.add(bytes);
    }

    void out(Medium medium, int bytes) {
        of(medium).bytesOut.add(bytes);
    }

    @Override
    public void answered(Meter meter) {
        of(meter.spec().medium())
                .requests
                .computeIfAbsent(meter, m -> new LongAdder())
                .increment();
    }

    @Override
    public void associated(Meter meter) {
        of(meter.spec().medium()).associations.increment();
    }

    /** Totals of a medium. */
    public Totals totals(Medium medium) {
        Counters c = of(medium);
        long requests = c.requests.values().stream().mapToLong(LongAdder::sum).sum();
        long busiest =
                c.requests.values().stream().mapToLong(LongAdder::sum).max().orElse(0);
        return new Totals(c.associations.sum(), requests, busiest, c.bytesIn.sum(), c.bytesOut.sum());
    }
}
