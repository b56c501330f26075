package org.telar.concentrator.internal.orders;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.telar.acquisition.Work;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.concentrator.internal.load.LoadContext;
import org.telar.concentrator.internal.load.Recorder;

/**
 * The commissioning test of a bound meter (R88): an association with its keys, its identity (D1), its clock and status words.
 * The driver refuses a foreign identity and unusable times, so that whatever comes back is the right meter's.
 */
final class CommissionWork implements Work {
    private static final Duration RIGHT = Duration.ofSeconds(60);

    private final LoadContext context;
    private final Meter meter;
    private final String order;
    private String path;
    private long lastSequence;
    private String identity = "";
    private Optional<Duration> offset = Optional.empty();

    CommissionWork(LoadContext context, Meter meter, String order) {
        this.context = context;
        this.meter = meter;
        this.order = order;
        this.path = meter.medium();
    }

    @Override
    public void over(String medium) {
        path = medium;
    }

    @Override
    public boolean step(MeterSession session) throws MeterException, StoreException {
        MeterReadout readout =
                session.read(new ReadRequest(List.of(), List.of(), List.of(), true, context.statusWords()));
        Recorder.Recorded recorded = context.recorder().record(meter, path, order, readout, Lane.URGENT);
        lastSequence = recorded.sequence();
        identity = readout.identity();
        offset = recorded.clockOffset();
        return false;
    }

    /** What a person should look at; empty when all is well. */
    String observed() {
        return offset.filter(o -> o.abs().compareTo(RIGHT) > 0)
                .map(o -> "its clock is off by " + o.toSeconds() + " s")
                .orElse("");
    }

    String detail() {
        String said = "the meter associated over " + path + " and is " + identity;
        return observed().isEmpty() ? said : said + "; " + observed();
    }

    long lastSequence() {
        return lastSequence;
    }
}
