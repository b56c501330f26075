package org.telar.concentrator.internal.load;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.acquisition.MeterJob;
import org.telar.acquisition.Priority;
import org.telar.acquisition.Reachability;
import org.telar.api.meter.Meter;
import org.telar.contract.Result.RunSummary;

/** N2PLoad runs of this concentrator: one at a time; whoever asks for another one meanwhile shares it (D12, R40). */
public final class LoadRuns {
    private static final Logger LOG = LoggerFactory.getLogger(LoadRuns.class);
    private static final int KEPT = 20;

    private final LoadContext context;
    private final Supplier<List<Meter>> meters;
    private final Consumer<MeterJob> queue;
    private final Consumer<RunSummary> summaries;
    private final Reachability reachability;
    private final Clock clock;
    private final LongSupplier nanos;
    private final BooleanSupplier correctClocks;
    private final Deque<LoadRun> runs = new ArrayDeque<>();

    /**
     * @param meters the commissioned ones
     * @param queue hands a job to the meter's medium
     * @param summaries takes them to the outbox
     */
    public LoadRuns(
            LoadContext context,
            Supplier<List<Meter>> meters,
            Consumer<MeterJob> queue,
            Consumer<RunSummary> summaries,
            Reachability reachability,
            LongSupplier nanos,
            BooleanSupplier correctClocks) {
        this.context = context;
        this.meters = meters;
        this.queue = queue;
        this.summaries = summaries;
        this.reachability = reachability;
        this.clock = context.clock();
        this.nanos = nanos;
        this.correctClocks = correctClocks;
    }

    /**
     * Starts a run, or attaches to the one that runs.
     *
     * @param id order number or the agenda's own id
     * @param limit longest duration
     */
    public void start(String id, Duration limit) {
        LoadRun run;
        List<Meter> all = meters.get();
        synchronized (this) {
            LoadRun last = runs.peekLast();
            if (last != null && last.attach(id)) {
                LOG.info("N2PLoad {} attaches to the running {}", id, last.id());
                return;
            }
            run = new LoadRun(id, clock.instant(), nanos.getAsLong() + limit.toNanos(), all.size());
            runs.addLast(run);
            if (runs.size() > KEPT) {
                runs.removeFirst();
            }
        }
        LOG.info("N2PLoad {} starts with {} meters", id, all.size());
        if (all.isEmpty()) {
            finish(run);
        }
        for (Meter meter : all) {
            LoadWork.ClockMode mode =
                    correctClocks.getAsBoolean() ? LoadWork.ClockMode.AUTOMATIC : LoadWork.ClockMode.LEAVE;
            LoadWork work = new LoadWork(context, meter, id, mode);
            queue.accept(new MeterJob(id, meter, Priority.TODAY, run.deadline(), work, result -> {
                if (run.ended(meter, work, result, reachability)) {
                    finish(run);
                }
            }));
        }
    }

    /**
     * Reads what is missing of a meter that was away, outside any run (D10).
     *
     * @param deadline monotonic, nanoseconds
     */
    public void catchUp(Meter meter, long deadline) {
        LoadWork work = LoadWork.catchUp(context, meter);
        queue.accept(new MeterJob("catch-up", meter, Priority.GAPS, deadline, work, result -> {
            LOG.info("Meter {} is back: {} values caught up", meter.id(), work.samples());
        }));
    }

    private void finish(LoadRun run) {
        Instant now = clock.instant();
        run.finish(now).forEach(summaries);
        LoadRun.Progress p = run.progress();
        LOG.info("N2PLoad {} ended: {} of {} meters reached", p.id(), p.reached(), p.total());
    }

    /** The last runs, oldest first. */
    public synchronized List<LoadRun.Progress> progress() {
        return runs.stream().map(LoadRun::progress).toList();
    }
}
