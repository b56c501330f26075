package org.telar.concentrator.internal.activity;

import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.Recorder;

/** One read of one meter, committed: status words, instantaneous values. */
public final class ReadWork implements Work {
    private final Recorder recorder;
    private final Meter meter;
    private final String activity;
    private final ReadRequest request;
    private String path;

    public ReadWork(Recorder recorder, Meter meter, String activity, ReadRequest request) {
        this.recorder = recorder;
        this.meter = meter;
        this.activity = activity;
        this.request = request;
        this.path = meter.medium();
    }

    @Override
    public void over(String medium) {
        path = medium;
    }

    @Override
    public boolean step(MeterSession session) throws MeterException, StoreException {
        recorder.record(meter, path, activity, session.read(request), Lane.LIVE);
        return false;
    }
}
