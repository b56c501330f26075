package org.telar.acquisition;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.Waits;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.platform.KeyVault;

/**
 * One medium at work: as many visits at a time as its airtime allows, and one more for express lanes, which get their
 * exchanges between those of a running visit. A mute meter costs its timeouts and nothing else; a medium that cannot be
 * opened is tried again with growing pauses while its jobs wait for its patience. Thread-safe.
 */
public final class Medium implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Medium.class);
    private static final long LONGEST_WAIT = Duration.ofSeconds(30).toNanos();
    private static final Duration STOP = Duration.ofSeconds(5);
    private static final String STOPPING = "the concentrator is stopping";
    /** Meters of a shared line that were silent one after another before the line itself is suspected. */
    private static final int SILENT_LINE = 3;
    /** Silent visits in a row before the medium is told to be silent. */
    private static final int SILENT_MEDIUM = 6;

    /**
     * What a medium needs of the rest.
     *
     * @param driver driver by name, empty if there is none
     * @param nanos monotonic clock
     * @param locks shared by all media
     */
    public record Environment(
            ChannelFactory channels,
            Function<String, Optional<MeterDriver>> driver,
            KeyVault keys,
            Reachability reachability,
            Clock clock,
            LongSupplier nanos,
            ThreadFactory threads,
            MeterLocks locks) {}

    private final MediumConfig config;
    private final Environment env;
    private final MediumScheduler scheduler;
    private final MediumAirtime airtime;
    private final Line line;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Thread> threads = new ArrayList<>();
    private int silentInARow;
    private final Set<MeterId> silentMeters = new HashSet<>();
    private boolean started;
    private boolean expressStaffed;
    private boolean closed;

    public Medium(MediumConfig config, Environment env) {
        this.config = config;
        this.env = env;
        // Jitter needs no seed: the decisions that tests look at have their own scheduler.
        this.scheduler = new MediumScheduler(
                config.timeouts(), config.retries(), config.inFlight(), env.reachability(), new Random(), env.locks());
        env.locks().onRelease(this::lookAgain);
        this.airtime = new MediumAirtime(scheduler.inFlight(), env.nanos());
        this.line = new Line(config.shared(), () -> env.channels().open(config.address(), config.openTimeout()));
    }

    /** From now on jobs are worked on. */
    public void start() {
        lock.lock();
        try {
            started = true;
            if (scheduler.queued() > 0) {
                staff(true);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts the threads that the first jobs need, one for each exchange in flight, and one for express lanes when the first
     * such job comes: a gateway with many lines has most of them idle most of the day. Called under the lock.
     */
    private void staff(boolean express) {
        if (!started) {
            return;
        }
        if (threads.isEmpty()) {
            for (int i = 0; i < config.inFlight(); i++) {
                thread("-" + i, false);
            }
        }
        if (express && !expressStaffed) {
            expressStaffed = true;
            thread("-express", true);
        }
    }

    private void thread(String suffix, boolean express) {
        Thread thread = env.threads().newThread(() -> serve(express));
        thread.setName("medium-" + config.name() + suffix);
        threads.add(thread);
        thread.start();
    }

    public MediumConfig config() {
        return config;
    }

    /** Queues a job; a closed medium ends it at once with {@code CANCELLED}. */
    public void submit(MeterJob job) {
        lock.lock();
        try {
            if (!closed) {
                scheduler.submit(job, env.nanos().getAsLong());
                staff(job.priority().isExpress());
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        job.done().accept(new JobResult.Unreached(Ko.CANCELLED, STOPPING, 0));
    }

    /** Ends queued jobs; a visit that is under way goes on to its end. */
    public void cancel(Predicate<MeterJob> which, Ko ko, String detail) {
        List<MediumScheduler.Ended> ended;
        lock.lock();
        try {
            ended = scheduler.cancel(which, ko, detail);
        } finally {
            lock.unlock();
        }
        tell(ended);
    }

    /** Jobs that wait. */
    public int queued() {
        lock.lock();
        try {
            return scheduler.queued();
        } finally {
            lock.unlock();
        }
    }

    /** Why nothing can be opened now; empty when the medium works. */
    public Optional<String> fault() {
        return line.down(env.nanos().getAsLong()) > 0 ? Optional.of(line.reason()) : Optional.empty();
    }

    private void serve(boolean express) {
        while (true) {
            MediumScheduler.Attempt attempt;
            try {
                attempt = take(express);
            } catch (InterruptedException e) {
                return;
            }
            if (attempt == null) {
                return;
            }
            Visit visit = new Visit(this, attempt);
            try {
                visit.run();
            } catch (RuntimeException | Error e) {
                // A fault of ours must cost one job, never the medium; and the job must hear of it.
                LOG.error(
                        "Visit of meter {} on {} failed inside",
                        attempt.job().meter().id(),
                        config.name(),
                        e);
                visit.abandon("a fault of the agent: " + e);
            } finally {
                leave(attempt.job().meter().id());
            }
        }
    }

    private MediumScheduler.Attempt take(boolean express) throws InterruptedException {
        while (true) {
            List<MediumScheduler.Ended> ended;
            lock.lock();
            try {
                if (closed) {
                    return null;
                }
                long now = env.nanos().getAsLong();
                ended = endHopeless(now);
                long pause = line.pause(now);
                Optional<MediumScheduler.Attempt> next = pause > 0 ? Optional.empty() : scheduler.next(express, now);
                if (next.isPresent()) {
                    return next.get();
                }
                if (ended.isEmpty()) {
                    long wake = scheduler.wakeAt(now);
                    long wait = wake == Long.MAX_VALUE ? LONGEST_WAIT : Math.min(LONGEST_WAIT, wake - now);
                    if (pause > 0) {
                        wait = Math.min(wait, pause);
                    }
                    changed.await(Math.max(wait, 1_000_000), TimeUnit.NANOSECONDS);
                }
            } finally {
                lock.unlock();
            }
            tell(ended);
        }
    }

    private List<MediumScheduler.Ended> endHopeless(long now) {
        List<MediumScheduler.Ended> ended = new ArrayList<>(scheduler.expire(now));
        // Only in the pause after a try: whoever comes when it is over tries again, or the medium would never come
        // back.
        if (line.pause(now) > 0 && line.down(now) > config.patience().toNanos()) {
            ended.addAll(scheduler.cancel(
                    j -> true, faultCode(), "medium " + config.name() + " cannot be opened: " + line.reason()));
        }
        return ended;
    }

    /** A local port that is gone is the concentrator's fault, a far one that refuses is a missing path. */
    Ko faultCode() {
        return "serial".equalsIgnoreCase(config.address().getScheme()) ? Ko.CONCENTRATOR_FAULT : Ko.METER_UNREACHABLE;
    }

    private static void tell(List<MediumScheduler.Ended> ended) {
        ended.forEach(Medium::tell);
    }

    static void tell(MediumScheduler.Ended ended) {
        try {
            ended.job().done().accept(ended.result());
        } catch (RuntimeException e) {
            LOG.error(
                    "The end of a job of {} for meter {} was not taken",
                    ended.job().group(),
                    ended.job().meter().id(),
                    e);
        }
    }

    Environment env() {
        return env;
    }

    Line line() {
        return line;
    }

    MediumAirtime airtime() {
        return airtime;
    }

    Waits waits(MeterId meter) {
        return decide((scheduler, now) -> scheduler.waits(meter));
    }

    Duration refusedFor(MeterId meter) {
        return decide((scheduler, now) -> scheduler.refusedFor(meter, now));
    }

    /** One decision of a visit, under the lock. */
    <T> T decide(Decision<T> decision) {
        lock.lock();
        try {
            T decided = decision.of(scheduler, env.nanos().getAsLong());
            airtime.capacity(scheduler.inFlight());
            changed.signalAll();
            return decided;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the scheduler, at a monotonic time. */
    interface Decision<T> {
        T of(MediumScheduler scheduler, long now);
    }

    /** A meter of this medium answered. */
    void answered() {
        decide((scheduler, now) -> {
            silentMeters.clear();
            return silentInARow = 0;
        });
    }

    /** A visit failed; a shared line on which nobody answers any more is opened anew. */
    void failed(MeterId meter, Ko ko) {
        boolean suspectLine = decide((scheduler, now) -> {
            if (ko == Ko.METER_SILENT) {
                silentInARow++;
                if (silentMeters.size() < SILENT_MEDIUM) {
                    silentMeters.add(meter);
                }
            } else if (ko != Ko.METER_UNREACHABLE) {
                silentInARow = 0;
                silentMeters.clear();
            }
            return config.shared() && ko == Ko.METER_SILENT && silentInARow % SILENT_LINE == 0;
        });
        if (suspectLine) {
            line.reopen();
        }
    }

    private void leave(MeterId meter) {
        decide((scheduler, now) -> {
            scheduler.left(meter);
            return true;
        });
        env.locks().tell(meter);
    }

    private void lookAgain() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it can be opened and yet nobody on it answers: so many visits in a row, of more than one meter, ended in
     * silence (a base node that hangs, a cut line).
     */
    public boolean isSilent() {
        lock.lock();
        try {
            return silentInARow >= SILENT_MEDIUM && silentMeters.size() > 1;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waits and jobs, closes the channels. At most some seconds. */
    @Override
    public void close() {
        lock.lock();
        List<MediumScheduler.Ended> ended;
        try {
            closed = true;
            ended = scheduler.cancel(j -> true, Ko.CANCELLED, STOPPING);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        airtime.close();
        line.close();
        threads.forEach(Thread::interrupt);
        tell(ended);
        join();
        // A visit that broke meanwhile has put its job back.
        cancel(j -> true, Ko.CANCELLED, STOPPING);
    }

    private void join() {
        long until = System.nanoTime() + STOP.toNanos();
        for (Thread t : threads) {
            try {
                t.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
