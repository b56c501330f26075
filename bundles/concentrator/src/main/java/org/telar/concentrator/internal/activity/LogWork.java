package org.telar.concentrator.internal.activity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.telar.acquisition.Work;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.contract.Contract;
import org.telar.contract.Event;

/** Event logs of one meter: what is new since they were last read, or a range somebody asked for (R89). */
public final class LogWork implements Work {
    private final LoadContext context;
    private final EventLogs logs;
    private final Meter meter;
    private final List<Obis> objects;
    private final Optional<TimeRange> asked;
    private int sent;
    private int rows;

    /** @param asked sent whole, whether it was sent before or not; empty for what is new */
    public LogWork(LoadContext context, EventLogs logs, Meter meter, List<Obis> objects, Optional<TimeRange> asked) {
        this.context = context;
        this.logs = logs;
        this.meter = meter;
        this.objects = objects;
        this.asked = asked;
    }

    @Override
    public boolean step(MeterSession session) throws MeterException, StoreException {
        Instant now = context.clock().instant();
        Instant from = context.window().from(now, meter.zone());
        List<LogRange> ranges = new ArrayList<>();
        for (Obis log : objects) {
            ranges.add(asked.map(range -> new LogRange(log, range))
                    .orElseGet(() -> logs.next(meter.id(), log, from, now)));
        }
        MeterReadout readout = session.read(ReadRequest.logs(ranges));
        rows = readout.events().size();
        List<Event> events = asked.isPresent()
                ? EventLogs.all(meter.id(), readout.events())
                : logs.fresh(meter.id(), readout.events());
        for (Event event : events) {
            context.store().append(OutboxKind.EVENT, Lane.LIVE, Contract.encode(event));
        }
        logs.sent(meter.id(), events);
        sent = events.size();
        return false;
    }

    /** Events that went to the outbox. */
    public int sent() {
        return sent;
    }

    /** Rows that the meter gave. */
    public int rows() {
        return rows;
    }
}
