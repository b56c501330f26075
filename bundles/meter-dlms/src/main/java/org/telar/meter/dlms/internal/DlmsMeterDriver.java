package org.telar.meter.dlms.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.PushListener;
import org.telar.api.meter.Waits;
import org.telar.api.model.MeterId;
import org.telar.api.platform.GatewayIdentity;
import org.telar.api.platform.InvocationCounters;

/**
 * Reads DLMS/COSEM meters. Addresses: {@code wrapper:17}, {@code hdlc:1/17}, {@code prime:IDENTITY} (see {@link MeterAddress}). Parameters of a
 * meter, all optional:
 *
 * <ul>
 *   <li>{@code deviation} normal, inverted, unspecified; {@code stamp} end, start: else learned once per model (D3)
 *   <li>{@code identity-object} default 0.0.42.0.0.255 (D1); {@code counter-object} default 0.0.43.1.0.255 (D8)
 *   <li>{@code load-profile} default 1.0.99.1.0.255; {@code closing-profile} default 1.0.99.2.0.255;
 *       {@code billing-profile} default 0.0.98.1.0.255
 *   <li>{@code sign-on} IEC 62056-21 mode E before HDLC on a serial port: {@code 300}, or {@code 300/12345678}
 *   <li>{@code push-objects} what the body of a DataNotification holds, OBIS codes with commas between
 *   <li>{@code list-limit} attributes in one request; {@code hdlc-frame} information field to propose, 128..2030
 * </ul>
 *
 * Thread-safe; a session is used by one thread.
 */
public final class DlmsMeterDriver implements MeterDriver {
    /** Name in the meter table. */
    public static final String NAME = "dlms";

    private final GatewayIdentity identity;
    private final InvocationCounters counters;
    private final ModelMemory memory;
    private final Clock clock;
    private final Learning learning = new Learning();
    private final PushDesk pushes;
    private final LinkCounters links = new LinkCounters();
    private final ShapeChecks checks = new ShapeChecks();
    /** Meters that were silent since their last full answer: one may still be on its way. */
    private final Set<MeterId> late = ConcurrentHashMap.newKeySet();
    /** Meters that were silent to every client the last time. */
    private final Set<MeterId> away = ConcurrentHashMap.newKeySet();

    /** @param clock the host's UTC, against which meters' clocks are compared; timeouts do not use it */
    public DlmsMeterDriver(GatewayIdentity identity, InvocationCounters counters, ModelMemory memory, Clock clock) {
        this.identity = identity;
        this.counters = counters;
        this.memory = memory;
        this.clock = clock;
        this.pushes = new PushDesk(memory, clock);
    }

    @Override
    public Map<String, Long> counters() {
        return links.byName();
    }

    @Override
    public void onPush(PushListener listener) {
        pushes.listener(listener);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException {
        return associate(meter, keys, channel, airtime, new Waits(timeout, timeout));
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Waits waits)
            throws MeterException {
        ModelNotes notes = new ModelNotes(memory, meter);
        Associator associator = new Associator(
                meter,
                keys,
                channel,
                airtime,
                waits,
                away,
                late,
                pushes,
                links,
                identity.gateway().systemTitle(),
                counters,
                notes,
                clock);
        // Learning takes a few exchanges; who waits for another's is not kept longer than by its own.
        Duration patience = waits.answer().multipliedBy(3);
        return new DlmsSession(meter, associator, notes, learning, checks, patience, clock);
    }
}
