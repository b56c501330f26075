package org.telar.concentrator.internal.load;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.telar.acquisition.JobResult;
import org.telar.acquisition.Reachability;
import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.contract.Result.Outcome;
import org.telar.contract.Result.RunSummary;

/** One N2PLoad run: which meters have ended, and its summary when all have (D12). Thread-safe. */
public final class LoadRun {
    /** How far a run is. */
    public record Progress(String id, int done, int total, int reached, boolean ended) {}

    private final String id;
    private final Instant started;
    private final long deadline;
    private final int total;
    private final List<String> attached = new ArrayList<>();
    private final Map<MeterId, Outcome> outcomes = new LinkedHashMap<>();
    private long lastSequence;
    private int reached;
    private boolean complete = true;
    private boolean ended;

    /** @param deadline monotonic, nanoseconds */
    LoadRun(String id, Instant started, long deadline, int total) {
        this.id = id;
        this.started = started;
        this.deadline = deadline;
        this.total = total;
        attached.add(id);
    }

    public String id() {
        return id;
    }

    long deadline() {
        return deadline;
    }

    /** Another order for the same thing: it gets the same summary under its own id. False when the run has ended. */
    synchronized boolean attach(String order) {
        if (!ended && !attached.contains(order)) {
            attached.add(order);
        }
        return !ended;
    }

    /** A meter has ended. @return true when it was the last one */
    synchronized boolean ended(Meter meter, LoadWork work, JobResult result, Reachability reachability) {
        Optional<Ko> ko = Optional.empty();
        String detail = "";
        if (result instanceof JobResult.Unreached u) {
            ko = Optional.of(u.ko());
            detail = u.detail().length() > 300 ? u.detail().substring(0, 300) : u.detail();
            complete &= u.ko() != Ko.DEADLINE && u.ko() != Ko.CANCELLED;
        } else {
            reached++;
        }
        lastSequence = Math.max(lastSequence, work.lastSequence());
        Optional<Instant> contact = reachability.lastContact(meter.id()).map(c -> c.truncatedTo(ChronoUnit.SECONDS));
        outcomes.put(meter.id(), new Outcome(meter.id().number(), contact, work.newest(), work.samples(), ko, detail));
        return outcomes.size() == total;
    }

    /** The summaries, one for each order that waits for this run. */
    synchronized List<RunSummary> finish(Instant finished) {
        ended = true;
        List<Outcome> meters = List.copyOf(outcomes.values());
        return attached.stream()
                .map(order -> new RunSummary(order, started, finished, lastSequence, complete, meters))
                .toList();
    }

    public synchronized Progress progress() {
        return new Progress(id, outcomes.size(), total, reached, ended);
    }
}
