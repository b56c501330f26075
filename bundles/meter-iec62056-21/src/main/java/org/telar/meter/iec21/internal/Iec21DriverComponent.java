package org.telar.meter.iec21.internal;

import java.time.Duration;

import org.osgi.service.component.annotations.Component;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterSession;

/** The OSGi component that offers {@link Iec21Driver} on the whiteboard. */
@Component(service = MeterDriver.class, property = "driver=iec21")
public final class Iec21DriverComponent implements MeterDriver {
    private final Iec21Driver driver = new Iec21Driver();

    @Override
    public String name() {
        return driver.name();
    }

    @Override
    public MeterSession associate(Meter meter, MeterKeys keys, Channel channel, Airtime airtime, Duration timeout)
            throws MeterException {
        return driver.associate(meter, keys, channel, airtime, timeout);
    }
}
