package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import org.telar.api.meter.Meter;
import org.telar.api.meter.Waits;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/**
 * Decides which meter of a medium is visited next, and what a failed visit means: lanes with a fair share, one visit a
 * meter at a time (G18), retries with a budget, UNREACHED after some misses, a pause after a refused authentication. It
 * has no thread and no clock: the caller passes monotonic nanoseconds. Not thread-safe: its owner locks.
 */
public final class MediumScheduler {
    /** A job being visited. */
    public static final class Attempt {
        private final Queued queued;
        private boolean express;

        private Attempt(Queued queued) {
            this.queued = queued;
        }

        public MeterJob job() {
            return queued.job;
        }

        /** Whether it was given the express place. */
        boolean isExpress() {
            return express;
        }

        boolean isRetry() {
            return queued.isRetry();
        }
    }

    private static final class Queued {
        private final MeterJob job;
        private final long number;
        private long notBefore;
        private int attempts;
        private long airtime;

        /** Probes count with the retries: both are spent on meters that may not answer. */
        private boolean isRetry() {
            return attempts > 1 || job.priority() == Priority.PROBE;
        }

        private Queued(MeterJob job, long number, long now) {
            this.job = job;
            this.number = number;
            this.notBefore = now;
        }
    }

    private final RetryPolicy retries;
    private final RoundTrips roundTrips;
    private final Reachability reachability;
    private final RandomGenerator dice;
    private final AirtimeShares shares = new AirtimeShares();
    private final Slices slices = new Slices();
    private final InFlight inFlight;
    private final List<Queued> waiting = new ArrayList<>();
    private final Set<MeterId> visiting = new HashSet<>();
    private final MeterLocks locks;
    private long numbers;

    /** @param dice chooses within the jitter of pauses; seeded, the same calls give the same decisions */
    public MediumScheduler(
            Timeouts timeouts, RetryPolicy retries, int mostInFlight, Reachability reachability, RandomGenerator dice) {
        this(timeouts, retries, mostInFlight, reachability, dice, new MeterLocks());
    }

    /** @param locks shared by all media of a concentrator */
    MediumScheduler(
            Timeouts timeouts,
            RetryPolicy retries,
            int mostInFlight,
            Reachability reachability,
            RandomGenerator dice,
            MeterLocks locks) {
        this.locks = locks;
        this.inFlight = new InFlight(mostInFlight);
        this.retries = retries;
        this.roundTrips = new RoundTrips(timeouts);
        this.reachability = reachability;
        this.dice = dice;
    }

    /** Queues a job. */
    public void submit(MeterJob job, long now) {
        waiting.add(new Queued(job, numbers++, now));
    }

    /**
     * The next visit, or empty when nothing may start now.
     *
     * @param express only lanes that may interrupt a visit of another meter
     */
    public Optional<Attempt> next(boolean express, long now) {
        Optional<Attempt> next = start(best(
                q -> q.notBefore - now <= 0
                        && !visiting.contains(q.job.meter().id())
                        && !locks.isHeld(q.job.meter().id())
                        && (!express || q.job.priority().isExpress()),
                now));
        next.ifPresent(a -> a.express = express);
        return next;
    }

    /**
     * More work for a meter that is associated already: all of it is drained before the association is released, also
     * what waits for a pause to end, because the meter evidently answers. The express place is not given to the load:
     * the next order would find it taken.
     *
     * @param moreUrgentThan only lanes above this one, or empty for all
     * @param express whether the visit has the express place
     */
    Optional<Attempt> nextFor(MeterId meter, Optional<Priority> moreUrgentThan, boolean express, long now) {
        return start(best(
                q -> q.job.meter().id().equals(meter)
                        && (!express || q.job.priority().isExpress())
                        && moreUrgentThan
                                .map(p -> q.job.priority().compareTo(p) < 0)
                                .orElse(true),
                now));
    }

    private Optional<Attempt> start(Queued q) {
        if (q == null) {
            return Optional.empty();
        }
        MeterId meter = q.job.meter().id();
        if (!visiting.contains(meter) && !locks.take(meter)) {
            // Another medium was quicker just now; it tells when it has left the meter.
            locks.isHeld(meter);
            return Optional.empty();
        }
        waiting.remove(q);
        visiting.add(meter);
        q.attempts++;
        return Optional.of(new Attempt(q));
    }

    private Queued best(Predicate<Queued> eligible, long now) {
        boolean loadFirst = shares.isLoadOwed();
        boolean fresh = false;
        List<Queued> candidates = new ArrayList<>();
        for (Queued q : waiting) {
            if (q.job.deadline() - now > 0 && eligible.test(q)) {
                candidates.add(q);
                fresh |= !isSecondChoice(q);
            }
        }
        boolean retriesWait = fresh && shares.ofRetries() > retries.airtimeShare();
        Queued best = null;
        for (Queued q : candidates) {
            if (!(retriesWait && isSecondChoice(q)) && (best == null || before(q, best, loadFirst))) {
                best = q;
            }
        }
        return best;
    }

    /** What is tried again, and probes: they stand back while they had their share; never an order (R28). */
    private static boolean isSecondChoice(Queued q) {
        return q.job.priority() == Priority.PROBE || q.attempts > 0 && q.job.priority() != Priority.ON_DEMAND;
    }

    private boolean before(Queued a, Queued b, boolean loadFirst) {
        if (loadFirst && a.job.priority().keepsShare() != b.job.priority().keepsShare()) {
            return a.job.priority().keepsShare();
        }
        int lane = a.job.priority().compareTo(b.job.priority());
        if (lane != 0) {
            return lane < 0;
        }
        boolean muteA = isUnreached(a);
        boolean muteB = isUnreached(b);
        return muteA != muteB ? muteB : a.number < b.number;
    }

    private boolean isUnreached(Queued q) {
        return reachability.state(q.job.meter().id()) == Reachability.State.UNREACHED;
    }

    /** Waits for one response of this meter, while associating and afterwards. */
    public Waits waits(MeterId meter) {
        int misses = reachability.misses(meter);
        boolean unreached = reachability.state(meter) == Reachability.State.UNREACHED;
        return new Waits(roundTrips.associationTimeout(meter, unreached), roundTrips.timeout(meter, misses));
    }

    /** Time until a meter that refused us may be asked again; zero when it may. */
    public Duration refusedFor(MeterId meter, long now) {
        return Duration.ofNanos(reachability.refusedFor(meter, now));
    }

    /** Airtime that a job used. */
    void spent(Attempt attempt, long airtime, long now) {
        Queued q = attempt.queued;
        q.airtime += airtime;
        shares.add(q.job.priority(), q.isRetry(), airtime, now);
    }

    /**
     * Exchanges that the meter answered.
     *
     * @param slots of its profile that they asked for
     */
    void answered(Attempt attempt, Exchanges exchanges, int slots) {
        Meter meter = attempt.job().meter();
        if (slots > 0) {
            roundTrips.answered(meter.id(), exchanges);
            slices.observed(meter.model(), slots, exchanges.longest());
        }
        inFlight.answered(exchanges.count());
    }

    /** The meter answered an association. */
    void associated(Attempt attempt, Exchanges exchanges) {
        roundTrips.associated(attempt.job().meter().id(), exchanges);
        inFlight.answered(exchanges.count());
    }

    /** The meter gave what it was asked for. */
    void contact(MeterId meter, Instant at) {
        reachability.answered(meter, at);
    }

    /** All steps of a job are done. */
    Ended done(Attempt attempt) {
        Queued q = attempt.queued;
        return new Ended(q.job, new JobResult.Reached(q.attempts, Duration.ofNanos(q.airtime)));
    }

    /** A job ends and is not tried again; says nothing about the meter. */
    Ended giveUp(Attempt attempt, Ko ko, String detail) {
        return new Ended(attempt.job(), new JobResult.Unreached(ko, detail, attempt.queued.attempts));
    }

    /** A visit was given up for a reason that is not the meter's; the job goes back as if it had not been tried. */
    void putBack(Attempt attempt, long now) {
        Queued q = attempt.queued;
        q.attempts--;
        q.notBefore = now;
        waiting.add(q);
    }

    /**
     * A visit failed.
     *
     * @return how the job ended, or empty when it will be tried again
     */
    Optional<Ended> failed(Attempt attempt, Ko ko, String detail, long now) {
        Queued q = attempt.queued;
        MeterId meter = q.job.meter().id();
        boolean missed = ko == Ko.METER_SILENT || ko == Ko.METER_UNREACHABLE;
        if (missed) {
            if (reachability.state(meter) == Reachability.State.REACHED) {
                inFlight.lost();
            }
            reachability.missed(meter, ko, retries.misses(), now);
        }
        if (ko == Ko.AUTH_FAILED) {
            reachability.refused(meter, now);
        }
        long pause = retries.pauseAfter(q.attempts, dice.nextDouble());
        boolean again =
                pause >= 0 && mayHelp(ko) && !(missed && isUnreached(q)) && q.job.deadline() - (now + pause) > 0;
        if (!again) {
            return Optional.of(giveUp(attempt, ko, detail));
        }
        q.notBefore = now + pause;
        waiting.add(q);
        return Optional.empty();
    }

    private static boolean mayHelp(Ko ko) {
        return switch (ko) {
            case METER_SILENT, METER_UNREACHABLE, CONCENTRATOR_FAULT, PROTOCOL, BUSY, INTERNAL -> true;
            default -> false;
        };
    }

    /** A job that ended, and how; to be told to it. */
    public record Ended(MeterJob job, JobResult result) {}

    /** Takes out the jobs whose deadline has passed. */
    public List<Ended> expire(long now) {
        return remove(q -> q.job.deadline() - now <= 0, Ko.DEADLINE, "the deadline passed before the meter was read");
    }

    /** Takes out queued jobs, for example those of a cancelled run, or all when the medium is gone. */
    public List<Ended> cancel(Predicate<MeterJob> which, Ko ko, String detail) {
        return remove(q -> which.test(q.job), ko, detail);
    }

    private List<Ended> remove(Predicate<Queued> which, Ko ko, String detail) {
        List<Ended> ended = new ArrayList<>();
        for (Iterator<Queued> i = waiting.iterator(); i.hasNext(); ) {
            Queued q = i.next();
            if (which.test(q)) {
                i.remove();
                ended.add(new Ended(q.job, new JobResult.Unreached(ko, detail, q.attempts)));
            }
        }
        return ended;
    }

    /** When something may change by itself (a pause ends, a deadline passes); {@code Long.MAX_VALUE} for never. */
    public long wakeAt(long now) {
        long wait = Long.MAX_VALUE;
        for (Queued q : waiting) {
            wait = Math.min(wait, Math.max(0, q.job.deadline() - now));
            if (q.notBefore - now > 0) {
                wait = Math.min(wait, q.notBefore - now);
            }
        }
        return wait == Long.MAX_VALUE ? wait : now + wait;
    }

    /** The visit has ended and its association is released: the meter may be visited again. */
    public void left(MeterId meter) {
        visiting.remove(meter);
        locks.release(meter);
    }

    public boolean isIdle() {
        return waiting.isEmpty() && visiting.isEmpty();
    }

    public int queued() {
        return waiting.size();
    }

    /** Share of the recent airtime that went into retries and probes, 0..1. */
    public double retryShare() {
        return shares.ofRetries();
    }

    /** Exchanges that the medium bears at one time now. */
    public int inFlight() {
        return inFlight.now();
    }

    int slots(String model, int most) {
        return slices.slots(model, most);
    }
}
