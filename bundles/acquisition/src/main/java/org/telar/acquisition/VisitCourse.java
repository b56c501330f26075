package org.telar.acquisition;

import java.time.Instant;
import java.util.Optional;

import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

/**
 * The course of one visit: which job is served with the association, which one waits in it for a more urgent one (G18),
 * and when the association may be released: not before all work for the meter is drained. Decides only, like {@link
 * MediumScheduler}; {@link Visit} follows it with a real session, a simulation with a modelled one. Not thread-safe: the
 * owner of the scheduler locks.
 */
public final class VisitCourse {
    private final MediumScheduler scheduler;
    private final MeterId meter;
    private final String model;
    private final boolean express;
    private MediumScheduler.Attempt current;
    /** A job that waits in this visit while a more urgent one uses the association. */
    private Optional<MediumScheduler.Attempt> interrupted = Optional.empty();

    private int asked;
    private boolean over;

    public VisitCourse(MediumScheduler scheduler, MediumScheduler.Attempt first) {
        this.scheduler = scheduler;
        this.current = first;
        this.meter = first.job().meter().id();
        this.model = first.job().meter().model();
        this.express = first.isExpress();
    }

    /** The job to be served now; the last one served when the visit is over. */
    public MeterJob job() {
        return current.job();
    }

    /** True when the job served now is tried again, or is a probe: its airtime counts as that of retries. */
    public boolean isRetry() {
        return current.isRetry();
    }

    /** True when nothing is left to be done with the association. */
    public boolean isOver() {
        return over;
    }

    /** Most profile slots of the next read. */
    public int slots(int most) {
        return scheduler.slots(model, most);
    }

    /** Slots that the step under way asks for. */
    public void asked(int slots) {
        asked = slots;
    }

    /** The association stands. */
    public void associated(Exchanges used, long now) {
        scheduler.spent(current, used.airtime(), now);
        scheduler.associated(current, used);
    }

    /**
     * A step of the job was done with the meter.
     *
     * @param more whether the job has further steps
     * @param used by this step
     * @param at UTC, for the meter's last contact
     * @return the job that ended by it, to be told
     */
    public Optional<MediumScheduler.Ended> stepped(boolean more, Exchanges used, Instant at, long now) {
        scheduler.spent(current, used.airtime(), now);
        scheduler.answered(current, used, asked);
        asked = 0;
        scheduler.contact(meter, at);
        if (more) {
            if (interrupted.isEmpty()) {
                scheduler
                        .nextFor(meter, Optional.of(current.job().priority()), express, now)
                        .ifPresent(urgent -> {
                            interrupted = Optional.of(current);
                            current = urgent;
                        });
            }
            return Optional.empty();
        }
        MediumScheduler.Ended ended = scheduler.done(current);
        Optional<MediumScheduler.Attempt> next =
                interrupted.isPresent() ? interrupted : scheduler.nextFor(meter, Optional.empty(), express, now);
        interrupted = Optional.empty();
        over = next.isEmpty();
        next.ifPresent(n -> current = n);
        return Optional.of(ended);
    }

    /**
     * The visit broke; a job that waited in it goes back to the queue.
     *
     * @return the job that ended by it; empty when it will be tried again
     */
    public Optional<MediumScheduler.Ended> failed(Ko ko, String detail, Exchanges used, long now) {
        close(now);
        scheduler.spent(current, used.airtime(), now);
        return scheduler.failed(current, ko, detail, now);
    }

    /** The association is released; what that took belongs to the last job. */
    public void released(Exchanges used, long now) {
        scheduler.spent(current, used.airtime(), now);
    }

    /** The job cannot be done and will not be tried again; says nothing about the meter. */
    public MediumScheduler.Ended givenUp(Ko ko, String detail, long now) {
        close(now);
        return scheduler.giveUp(current, ko, detail);
    }

    /** The visit could not begin for a reason that is not the meter's; its job waits on. */
    public void putBack(long now) {
        close(now);
        scheduler.putBack(current, now);
    }

    private void close(long now) {
        over = true;
        interrupted.ifPresent(i -> scheduler.putBack(i, now));
        interrupted = Optional.empty();
    }
}
