package org.telar.concentrator.internal.load;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.MeterId;
import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;

/** Judges and corrects meter clocks within the rules of D2, with an event of old and new time (R91). Thread-safe. */
public final class ClockKeeper {
    /** What was found and done. */
    public record Outcome(ClockRules.Decision decision, Duration before, Duration after) {}

    private static final Duration REMIND = Duration.ofHours(20);

    private final ClockTrust trust;
    private final Clock clock;
    private final EventSink events;
    private final Consumer<Meter> postponed;
    private final Map<MeterId, Instant> told = new ConcurrentHashMap<>();

    /** @param postponed told of a meter whose correction has to wait for a permitted time */
    public ClockKeeper(ClockTrust trust, Clock clock, EventSink events, Consumer<Meter> postponed) {
        this.trust = trust;
        this.clock = clock;
        this.events = events;
        this.postponed = postponed;
    }

    /**
     * Corrects the clock of an associated meter if it is due and allowed. The profile has been collected before.
     *
     * @param offset meter clock minus host clock as just read
     * @param operator true when an operator ordered it
     * @throws MeterException when the meter refuses or falls silent
     */
    public Outcome keep(MeterSession session, Meter meter, Duration offset, boolean operator) throws MeterException {
        Instant now = clock.instant();
        ClockRules.Decision decision =
                ClockRules.decide(offset, now, meter.zone(), MeterParameters.period(meter), trust, operator);
        switch (decision.action()) {
            case SHIFT, SET -> {
                return correct(session, meter, offset, decision);
            }
            case WARN -> tell(meter, Severity.INFO, decision, offset);
            case ALARM -> tell(meter, Severity.CRITICAL, decision, offset);
            case POSTPONE -> postponed.accept(meter);
            default -> {}
        }
        return new Outcome(decision, offset, offset);
    }

    private Outcome correct(MeterSession session, Meter meter, Duration offset, ClockRules.Decision decision)
            throws MeterException {
        if (decision.action() == ClockRules.Action.SHIFT) {
            session.shiftClock(offset.negated());
        } else {
            session.setClock(clock.instant());
        }
        // Never repeated blindly: what the meter says now is what counts.
        MeterReadout back = session.read(ReadRequest.probe());
        Duration after =
                back.clock().map(c -> Duration.between(back.readAt(), c)).orElse(offset);
        Instant host = clock.instant();
        events.event(
                "METER_CLOCK_SET",
                Severity.INFO,
                meter.id().number(),
                "The clock of meter " + meter.id() + " was corrected by "
                        + after.minus(offset).toSeconds() + " s.",
                Map.of(
                        "old", host.plus(offset).toString(),
                        "new", host.plus(after).toString(),
                        "how", decision.action().name()));
        return new Outcome(decision, offset, after);
    }

    private void tell(Meter meter, Severity severity, ClockRules.Decision decision, Duration offset) {
        Instant now = clock.instant();
        Instant last = told.get(meter.id());
        if (last == null || Duration.between(last, now).abs().compareTo(REMIND) > 0) {
            told.put(meter.id(), now);
            events.event(
                    "METER_CLOCK_DRIFT",
                    severity,
                    meter.id().number(),
                    "Meter " + meter.id() + ": " + decision.why() + ".",
                    Map.of("offset", Long.toString(offset.toSeconds())));
        }
    }
}
