package org.telar.concentrator.internal.activity;

import java.time.Instant;
import java.util.List;

import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.LoadContext;

/** Billing closings that are not held yet: those after the newest one held (R89, D18). */
public final class BillingWork implements Work {
    private final LoadContext context;
    private final Meter meter;
    private final String activity;
    private String path;

    public BillingWork(LoadContext context, Meter meter, String activity) {
        this.context = context;
        this.meter = meter;
        this.activity = activity;
        this.path = meter.medium();
    }

    @Override
    public void over(String medium) {
        path = medium;
    }

    @Override
    public boolean step(MeterSession session) throws MeterException, StoreException {
        Instant now = context.clock().instant();
        TimeRange window = new TimeRange(context.window().from(now, meter.zone()), now);
        Instant newest = context.store().registers(meter.id(), window).stream()
                .filter(s -> s.kind() == RegisterKind.BILLING)
                .map(RegisterSet::stamp)
                .max(Instant::compareTo)
                .orElse(window.from());
        ReadRequest request = ReadRequest.billing(List.of(new TimeRange(newest, now)));
        context.recorder().record(meter, path, activity, session.read(request), Lane.LIVE);
        return false;
    }
}
