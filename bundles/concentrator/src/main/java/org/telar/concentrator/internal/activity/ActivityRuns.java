package org.telar.concentrator.internal.activity;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.JobResult;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.contract.Agenda;

/**
 * Takes an activity through all commissioned meters (R92): one run of a kind at a time; whoever asks for the same meanwhile
 * shares it. Thread-safe.
 */
public final class ActivityRuns {
    private static final Logger LOG = LoggerFactory.getLogger(ActivityRuns.class);

    /** How a run ended. */
    public record Summary(Agenda.Type type, int meters, int reached) {}

    private static final class Run {
        private final Map<String, Consumer<Summary>> waiting = new HashMap<>();
        private int left;
        private int reached;
    }

    private final Supplier<List<Meter>> meters;
    private final Consumer<MeterJob> queue;
    private final LongSupplier nanos;
    private final Map<Agenda.Type, Run> running = new HashMap<>();

    /**
     * @param meters the commissioned ones
     * @param queue hands a job to the meter's medium
     */
    public ActivityRuns(Supplier<List<Meter>> meters, Consumer<MeterJob> queue, LongSupplier nanos) {
        this.meters = meters;
        this.queue = queue;
        this.nanos = nanos;
    }

    /**
     * Starts a run, or shares the one that runs.
     *
     * @param work what to do with each meter
     * @param limit longest duration
     * @param ended told once, by any thread
     */
    public void start(
            String id,
            Agenda.Type type,
            Priority lane,
            Function<Meter, Work> work,
            Duration limit,
            Consumer<Summary> ended) {
        List<Meter> all = meters.get();
        Run run;
        synchronized (this) {
            run = running.get(type);
            if (run != null) {
                run.waiting.put(id, ended);
                return;
            }
            run = new Run();
            run.waiting.put(id, ended);
            run.left = all.size();
            running.put(type, run);
        }
        LOG.info("Activity {} starts with {} meters", id, all.size());
        if (all.isEmpty()) {
            end(type, run, 0);
            return;
        }
        long deadline = nanos.getAsLong() + limit.toNanos();
        Run started = run;
        for (Meter meter : all) {
            queue.accept(new MeterJob(
                    id, meter, lane, deadline, work.apply(meter), result -> ended(type, started, all.size(), result)));
        }
    }

    private void ended(Agenda.Type type, Run run, int meters, JobResult result) {
        boolean last;
        synchronized (this) {
            run.reached += result instanceof JobResult.Reached ? 1 : 0;
            last = --run.left == 0;
        }
        if (last) {
            end(type, run, meters);
        }
    }

    private void end(Agenda.Type type, Run run, int meters) {
        List<Consumer<Summary>> waiting;
        Summary summary;
        synchronized (this) {
            running.remove(type);
            waiting = List.copyOf(run.waiting.values());
            summary = new Summary(type, meters, run.reached);
        }
        LOG.info("Activity {} ended: {} of {} meters", type, summary.reached(), meters);
        waiting.forEach(w -> w.accept(summary));
    }
}
