package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.model.Ko;
import org.telar.meter.dlms.internal.TimeRule.Deviation;

/**
 * Finds what the deviation field of a meter's times means (D3): told, learned before, or learned now by comparing the
 * meter's clock with UTC. An offset that only a wrong sign explains leaves the clock unresolved.
 */
final class Deviations {
    /** A meter's clock is believed to be within this of UTC when a sign is learned from it. */
    private static final Duration CLOSE = Duration.ofMinutes(30);

    private final Meter meter;
    private final ModelNotes notes;

    Deviations(Meter meter, ModelNotes notes) {
        this.meter = meter;
        this.notes = notes;
    }

    /** The rule to read and write times with, when it is known without asking the meter. */
    Optional<TimeRule> known() {
        return notes.toldDeviation().or(notes::learnedDeviation).map(this::rule);
    }

    /** @param host UTC when the clock was read */
    TimeRule resolve(CosemTime clock, Instant host) throws MeterException {
        Optional<Deviation> told = notes.toldDeviation();
        if (told.isPresent()) {
            return rule(told.get());
        }
        Optional<Deviation> learned = notes.learnedDeviation();
        if (!clock.hasDeviation()) {
            if (learned.isEmpty()) {
                notes.rememberDeviation(Deviation.UNSPECIFIED);
            }
            return rule(learned.orElse(Deviation.UNSPECIFIED));
        }
        return learned.isPresent() ? confirmed(learned.get(), clock, host) : learn(clock, host);
    }

    private TimeRule confirmed(Deviation learned, CosemTime clock, Instant host) throws MeterException {
        boolean signError = learned != Deviation.UNSPECIFIED
                && clock.deviation() != 0
                && !near(clock, learned, host)
                && near(clock, learned.opposite(), host);
        if (signError) {
            throw unresolved("its clock is right only if the deviation of " + clock.deviation() + " min is "
                    + learned.opposite() + ", but model " + meter.model() + " is known as " + learned);
        }
        return rule(learned);
    }

    private TimeRule learn(CosemTime clock, Instant host) throws MeterException {
        for (Deviation candidate : new Deviation[] {Deviation.NORMAL, Deviation.INVERTED}) {
            if (near(clock, candidate, host)) {
                if (clock.deviation() != 0) {
                    notes.rememberDeviation(candidate);
                }
                return rule(candidate);
            }
        }
        throw unresolved("its clock says " + clock.local() + " with a deviation of " + clock.deviation()
                + " min, which is not within " + CLOSE.toMinutes() + " min of " + host
                + " with either sign; set parameter deviation, or the clock");
    }

    private boolean near(CosemTime clock, Deviation deviation, Instant host) {
        return Duration.between(rule(deviation).utc(clock), host).abs().compareTo(CLOSE) <= 0;
    }

    private TimeRule rule(Deviation deviation) {
        return new TimeRule(deviation, meter.zone());
    }

    private MeterException unresolved(String why) {
        return new MeterException(Ko.CLOCK_UNRESOLVED, meter.id(), why);
    }
}
