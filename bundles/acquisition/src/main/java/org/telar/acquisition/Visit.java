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

/** One association with one meter: the job that asked for it, and all other work that waits for the same meter. */
final class Visit {
    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

    private final Medium medium;
    private final Meter meter;
    private final MediumAirtime.OfVisit airtime;
    private MediumScheduler.Attempt current;
    /** A job that waits in this visit while a more urgent one uses the association. */
    private Optional<MediumScheduler.Attempt> interrupted = Optional.empty();

    private long accountedFor;
    private int exchangesAccountedFor;

    Visit(Medium medium, MediumScheduler.Attempt first) {
        this.medium = medium;
        this.current = first;
        this.meter = first.job().meter();
        this.airtime = medium.airtime().new OfVisit(first.job());
    }

    void run() {
        Duration refused = medium.refusedFor(meter.id());
        if (!refused.isZero()) {
            end(Ko.AUTH_FAILED, "the meter refused our keys; it is left alone for " + refused.toSeconds() + " s more");
            return;
        }
        Optional<MeterDriver> driver = medium.env().driver().apply(meter.driver());
        if (driver.isEmpty()) {
            end(Ko.UNSUPPORTED, "no driver named " + meter.driver() + " is installed");
            return;
        }
        MeterKeys keys = medium.env().keys().keysOf(meter.id()).orElse(MeterKeys.EMPTY);
        // A kept channel may have been closed by the other side meanwhile; that is no miss of the meter: once more.
        if (!visit(driver.get(), keys, true)) {
            visit(driver.get(), keys, false);
        }
    }

    /** @return false when the channel broke before anything was done and the visit may be begun again */
    private boolean visit(MeterDriver driver, MeterKeys keys, boolean mayRepeat) {
        Channel channel;
        try {
            channel = medium.line().take(medium.env().nanos().getAsLong());
        } catch (IOException e) {
            LOG.warn("Medium {} cannot be opened: {}", medium.config().name(), e.getMessage());
            // The meter cannot be blamed: its job waits with the others until the medium is back or patience ends.
            medium.putBack(current);
            return true;
        }
        boolean suspect = true;
        boolean associated = false;
        try (MeterSession session = driver.associate(meter, keys, channel, airtime, medium.timeout(meter.id()))) {
            associated = true;
            drain(session);
            suspect = false;
        } catch (MeterException e) {
            if (!channel.isOpen() && !associated && mayRepeat && !airtime.isDenied()) {
                return false;
            }
            end(airtime.isDenied() ? Ko.DEADLINE : e.ko(), e.getMessage());
        } catch (StoreException e) {
            end(Ko.INTERNAL, "the store did not take what was read: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error(
                    "Visit of meter {} on {} failed inside",
                    meter.id(),
                    medium.config().name(),
                    e);
            end(Ko.INTERNAL, "a fault of the agent: " + e);
        } finally {
            medium.line().give(channel, suspect);
        }
        return true;
    }

    private void drain(MeterSession session) throws MeterException, StoreException {
        while (true) {
            while (current.job().work().step(session)) {
                Optional<MediumScheduler.Attempt> urgent =
                        medium.nextFor(meter.id(), Optional.of(current.job().priority()));
                if (urgent.isPresent() && interrupted.isEmpty()) {
                    interrupted = Optional.of(current);
                    serve(urgent.get());
                } else {
                    urgent.ifPresent(medium::putBack);
                }
            }
            finish();
            Optional<MediumScheduler.Attempt> next =
                    interrupted.isPresent() ? interrupted : medium.nextFor(meter.id(), Optional.empty());
            interrupted = Optional.empty();
            if (next.isEmpty()) {
                return;
            }
            serve(next.get());
        }
    }

    private void serve(MediumScheduler.Attempt attempt) {
        current = attempt;
        airtime.serve(attempt.job());
    }

    private void finish() {
        long used = airtime.used() - accountedFor;
        int exchanges = airtime.exchanges() - exchangesAccountedFor;
        accountedFor = airtime.used();
        exchangesAccountedFor = airtime.exchanges();
        MediumScheduler.Attempt finished = current;
        medium.done(finished, used, exchanges);
    }

    private void end(Ko ko, String detail) {
        LOG.debug("Meter {} on {}: {} {}", meter.id(), medium.config().name(), ko, detail);
        interrupted.ifPresent(medium::putBack);
        medium.fail(current, ko, detail, airtime.used() - accountedFor);
    }
}
