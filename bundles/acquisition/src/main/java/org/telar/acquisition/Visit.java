package org.telar.acquisition;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterSession;
import org.telar.api.model.Ko;
import org.telar.api.store.StoreException;

/**
 * One association with one meter: the job that asked for it, and all other work that waits for the same meter. Follows a
 * {@link VisitCourse} with a real session, in one thread.
 */
final class Visit {
    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

    private final Medium medium;
    private final Meter meter;
    private final VisitCourse course;
    private final MediumAirtime.OfVisit airtime;
    private Optional<MeterJob> begun = Optional.empty();
    /** The course has heard how it ended: nobody waits for this visit any more. */
    private boolean settled;

    Visit(Medium medium, MediumScheduler.Attempt first) {
        this.medium = medium;
        this.meter = first.job().meter();
        this.course = medium.decide((scheduler, now) -> new VisitCourse(scheduler, first));
        this.airtime = medium.airtime().new OfVisit(first.job());
    }

    void run() {
        try {
            begin();
        } finally {
            Exchanges release = airtime.taken();
            medium.decide((scheduler, now) -> {
                course.released(release, now);
                return true;
            });
        }
    }

    private void begin() {
        Duration refused = medium.refusedFor(meter.id());
        if (!refused.isZero()) {
            giveUp(
                    Ko.AUTH_FAILED,
                    "the meter refused our keys; it is left alone for " + refused.toSeconds() + " s more");
            return;
        }
        Optional<MeterDriver> driver = medium.env().driver().apply(meter.driver());
        if (driver.isEmpty()) {
            giveUp(Ko.UNSUPPORTED, "no driver named " + meter.driver() + " is installed");
            return;
        }
        MeterKeys keys = medium.env().keys().keysOf(meter.id()).orElse(MeterKeys.EMPTY);
        // A kept channel may have been closed by the other side meanwhile; that is no miss of the meter: once more.
        if (!visit(driver.get(), keys, true)) {
            visit(driver.get(), keys, false);
        }
    }

    /** Ends what is not ended yet, after a fault that nobody expected. */
    void abandon(String detail) {
        if (!settled) {
            giveUp(Ko.INTERNAL, detail);
        }
    }

    /** @return false when the channel broke before anything was done and the visit may be begun again */
    private boolean visit(MeterDriver driver, MeterKeys keys, boolean mayRepeat) {
        Channel channel;
        try {
            channel = medium.line().take(medium.env().nanos().getAsLong());
        } catch (IOException e) {
            LOG.warn("Medium {} cannot be opened: {}", medium.config().name(), e.getMessage());
            putBack();
            return true;
        }
        boolean suspect = true;
        boolean associated = false;
        try (MeterSession session = driver.associate(meter, keys, channel, airtime, medium.waits(meter.id()))) {
            associated = true;
            drain(session);
            suspect = false;
        } catch (MeterException e) {
            if (!channel.isOpen() && !associated && mayRepeat && !airtime.isDenied()) {
                return false;
            }
            fail(airtime.isDenied() ? Ko.DEADLINE : e.ko(), e.getMessage());
        } catch (StoreException e) {
            fail(Ko.INTERNAL, "the store did not take what was read: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error(
                    "Visit of meter {} on {} failed inside",
                    meter.id(),
                    medium.config().name(),
                    e);
            if (!settled) {
                fail(Ko.INTERNAL, "a fault of the agent: " + e);
            }
        } finally {
            medium.line().give(channel, suspect);
        }
        return true;
    }

    private void drain(MeterSession session) throws MeterException, StoreException {
        Exchanges association = airtime.taken();
        medium.decide((scheduler, now) -> {
            course.associated(association, now);
            return true;
        });
        while (!settled) {
            MeterJob job = course.job();
            if (!begun.equals(Optional.of(job))) {
                begun = Optional.of(job);
                airtime.serve(job);
                job.work().over(medium.config().name());
                job.work().begin(slicing());
            }
            boolean more = job.work().step(session);
            stepped(more);
        }
    }

    private void stepped(boolean more) {
        Exchanges used = airtime.taken();
        medium.answered();
        Optional<MediumScheduler.Ended> ended = medium.decide((scheduler, now) -> {
            Optional<MediumScheduler.Ended> end =
                    course.stepped(more, used, medium.env().clock().instant(), now);
            settled = course.isOver();
            return end;
        });
        ended.ifPresent(Medium::tell);
    }

    private Slicing slicing() {
        return new Slicing() {
            @Override
            public int slots(int most) {
                return medium.decide((scheduler, now) -> course.slots(most));
            }

            @Override
            public void asked(int slots) {
                course.asked(slots);
            }
        };
    }

    private void fail(Ko ko, String detail) {
        LOG.debug("Meter {} on {}: {} {}", meter.id(), medium.config().name(), ko, detail);
        Exchanges used = airtime.taken();
        Optional<MediumScheduler.Ended> ended = medium.decide((scheduler, now) -> {
            settled = true;
            return course.failed(ko, detail, used, now);
        });
        medium.failed(meter.id(), ko);
        ended.ifPresent(Medium::tell);
    }

    private void giveUp(Ko ko, String detail) {
        settled = true;
        Medium.tell(medium.decide((scheduler, now) -> course.givenUp(ko, detail, now)));
    }

    /** The meter cannot be blamed: its job waits with the others until the medium is back or patience ends. */
    private void putBack() {
        settled = true;
        medium.decide((scheduler, now) -> {
            course.putBack(now);
            return true;
        });
    }
}
