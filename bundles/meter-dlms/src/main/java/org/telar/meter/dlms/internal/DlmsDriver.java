package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.util.Map;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
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
import org.telar.api.platform.GatewayIdentity;
import org.telar.api.platform.InvocationCounters;
import org.telar.api.platform.OffsetClock;

/** The OSGi component that offers {@link DlmsMeterDriver}. */
@Component(service = MeterDriver.class, property = "driver=dlms")
public final class DlmsDriver implements MeterDriver {
    private final DlmsMeterDriver driver;

    @Activate
    public DlmsDriver(
            @Reference GatewayIdentity identity,
            @Reference InvocationCounters counters,
            @Reference ModelMemory memory) {
        this.driver = new DlmsMeterDriver(identity, counters, memory, OffsetClock.ofProcess());
    }

    @Override
    public Map<String, Long> counters() {
        return driver.counters();
    }

    @Override
    public void onPush(PushListener listener) {
        driver.onPush(listener);
    }

    @Override
    public String name() {
        return driver.name();
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException {
        return driver.associate(meter, keys, channel, airtime, timeout);
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Waits waits)
            throws MeterException {
        return driver.associate(meter, keys, channel, airtime, waits);
    }
}
