package org.telar.platform.linux.internal;

import java.time.Clock;
import java.time.Instant;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.CollectorTime;
import org.telar.api.platform.OffsetClock;

/** The OSGi component of {@link CollectorClock}. */
@Component(
        name = "org.telar.platform.linux.clock",
        service = {ClockTrust.class, CollectorTime.class},
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ClockComponent implements ClockTrust, CollectorTime {
    private final CollectorClock clock;

    @Activate
    public ClockComponent(PlatformConfig config) {
        Clock process = OffsetClock.ofProcess();
        TimeSynchronisation host = new TimeSynchronisation();
        clock = switch (config.time_source()) {
            case "system" -> new CollectorClock(host::state, process::instant, System::nanoTime);
            case "collector" ->
                new CollectorClock(() -> TimeSynchronisation.State.UNKNOWN, process::instant, System::nanoTime);
            default ->
                throw new IllegalArgumentException(
                        "time.source: system or collector expected, got " + config.time_source());
        };
    }

    @Override
    public boolean isTrusted() {
        return clock.isTrusted();
    }

    @Override
    public String reason() {
        return clock.reason();
    }

    @Override
    public void seen(Instant collectorTime, Instant hostTime) {
        clock.seen(collectorTime, hostTime);
    }
}
