package org.telar.concentrator.internal.load;

import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.telar.acquisition.Gaps;
import org.telar.acquisition.Happened;
import org.telar.acquisition.LoadPlan;
import org.telar.acquisition.Slicing;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;

/**
 * Reads what is missing of one meter and nothing else (R41): profile gaps, closings due, status words, clock; corrects
 * the clock at the end. What a broken visit committed is not read again. One thread at a time.
 */
public final class LoadWork implements Work {
    /** Whether a visit corrects the clock. */
    public enum ClockMode {
        LEAVE,
        /** Within the automatic limits of D2. */
        AUTOMATIC,
        /** An operator ordered it. */
        OPERATOR
    }

    private final LoadContext context;
    private final Meter meter;
    private final String activity;
    private final ClockMode clockMode;
    private final boolean onlyMissing;
    private Slicing slicing = Slicing.NONE;
    private String path;
    private MeterSession planned;
    private List<ReadRequest> reads = List.of();
    private int next;
    private long samples;
    private long lastSequence;
    private Optional<Instant> newest = Optional.empty();
    private Optional<Duration> offset = Optional.empty();
    private Optional<ClockKeeper.Outcome> clock = Optional.empty();

    public LoadWork(LoadContext context, Meter meter, String activity, ClockMode clockMode) {
        this(context, meter, activity, clockMode, false);
    }

    private LoadWork(LoadContext context, Meter meter, String activity, ClockMode clockMode, boolean onlyMissing) {
        this.onlyMissing = onlyMissing;
        this.context = context;
        this.meter = meter;
        this.activity = activity;
        this.clockMode = clockMode;
        this.path = meter.medium();
    }

    /** Outside any run: reads what is missing, and nothing when nothing is. */
    static LoadWork catchUp(LoadContext context, Meter meter) {
        return new LoadWork(context, meter, "", ClockMode.LEAVE, true);
    }

    @Override
    public void over(String medium) {
        path = medium;
    }

    @Override
    public void begin(Slicing ofThisVisit) {
        slicing = ofThisVisit;
    }

    @Override
    public boolean step(MeterSession session) throws MeterException, StoreException {
        if (session != planned) {
            reads = plan();
            next = 0;
            planned = session;
        }
        if (next < reads.size()) {
            read(session, reads.get(next));
            next++;
            return next < reads.size() || clockMode != ClockMode.LEAVE && offset.isPresent();
        }
        if (clock.isEmpty() && offset.isPresent()) {
            clock = Optional.of(context.clocks().keep(session, meter, offset.get(), clockMode == ClockMode.OPERATOR));
        }
        return false;
    }

    private List<ReadRequest> plan() throws StoreException {
        Instant now = context.clock().instant();
        Duration period = MeterParameters.period(meter);
        Instant from = context.window().from(now, meter.zone());
        List<TimeRange> profile = Gaps.profile(from, now, period, (first, step, slots) -> {
            BitSet known = context.store().known(meter.id(), Obis.LOAD_PROFILE, first, step, slots);
            int last = known.previousSetBit(slots - 1);
            if (last >= 0 && newest.isEmpty()) {
                newest = Optional.of(first.plus(step.multipliedBy(last)));
            }
            return known;
        });
        Set<Instant> held = new HashSet<>(context.absent().of(meter.id()));
        if (now.isAfter(from)) {
            held.addAll(context.store().closings(meter.id(), new TimeRange(from, now)));
        }
        List<TimeRange> closings = Gaps.closings(from, now, meter.zone(), held);
        if (onlyMissing && profile.isEmpty() && closings.isEmpty()) {
            return List.of();
        }
        int slots = slicing.slots(context.slotsPerRead());
        return LoadPlan.of(profile, closings, context.statusWords(), period, slots);
    }

    private void read(MeterSession session, ReadRequest request) throws MeterException, StoreException {
        slicing.asked(LoadPlan.slots(request, MeterParameters.period(meter)));
        MeterReadout readout = session.read(request);
        Recorder.Recorded recorded = context.recorder().record(meter, path, activity, readout, Lane.LIVE);
        lastSequence = Math.max(lastSequence, recorded.sequence());
        samples += recorded.samples();
        offset = recorded.clockOffset().or(() -> offset);
        newest = recorded.newest()
                .filter(n -> newest.isEmpty() || n.isAfter(newest.get()))
                .or(() -> newest);
        context.absent().asked(meter, request.closings(), readout.registers(), Happened.passed(readout));
    }

    /** Channel values newly read. */
    public long samples() {
        return samples;
    }

    /** Outbox sequence of the last reading, 0 if there was none. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Interval end of the newest row held, as far as it is known by now. */
    public Optional<Instant> newest() {
        return newest;
    }

    /** What became of the clock; empty when it was not looked at. */
    public Optional<ClockKeeper.Outcome> clock() {
        return clock;
    }
}
