package org.telar.concentrator.internal.orders;

import org.telar.acquisition.LoadPlan;
import org.telar.acquisition.Slicing;
import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.MeterParameters;
import org.telar.concentrator.internal.load.Recorder;

/** Reads what an order asks of its meter; goes on after a break where it stopped. One thread at a time. */
final class OrderWork implements Work {
    private final Recorder recorder;
    private final Meter meter;
    private final String order;
    private final OrderPlan plan;
    private final Reading reading = new Reading();
    private Slicing slicing = Slicing.NONE;
    private String path;
    private int next;
    private long lastSequence;

    OrderWork(Recorder recorder, Meter meter, String order, OrderPlan plan) {
        this.recorder = recorder;
        this.meter = meter;
        this.order = order;
        this.plan = plan;
        this.path = meter.medium();
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
        ReadRequest read = plan.reads().get(next);
        slicing.asked(LoadPlan.slots(read, MeterParameters.period(meter)));
        MeterReadout readout = session.read(read);
        Recorder.Recorded recorded = recorder.record(meter, path, order, readout, Lane.URGENT);
        lastSequence = Math.max(lastSequence, recorded.sequence());
        reading.add(readout);
        next++;
        return next < plan.reads().size();
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Observed when its first path failed (A7); empty when it was read over that. */
    String path() {
        return path.equals(meter.medium()) ? "" : "read over its second path, " + path;
    }

    Reading reading() {
        return reading;
    }
}
