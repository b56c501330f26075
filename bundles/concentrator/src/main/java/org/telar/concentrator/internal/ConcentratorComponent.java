package org.telar.concentrator.internal;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.channel.NodeListener;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.PushListener;
import org.telar.api.platform.ClockTrust;
import org.telar.api.platform.GatewayIdentity;
import org.telar.api.platform.KeyReceiver;
import org.telar.api.platform.KeyVault;
import org.telar.api.platform.OffsetClock;
import org.telar.api.platform.PlatformHealth;
import org.telar.api.store.Outbox;
import org.telar.api.store.ReadingStore;
import org.telar.api.uplink.Uplink;

/** The OSGi component of {@link Concentrator}. Drivers and channels may come and go while it runs. */
@Component(
        name = "org.telar.concentrator",
        service = {},
        immediate = true,
        configurationPid = "org.telar.concentrator",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ConcentratorConfig.class)
public final class ConcentratorComponent {
    private final List<MeterDriver> drivers = new CopyOnWriteArrayList<>();
    private final List<ChannelFactory> channels = new CopyOnWriteArrayList<>();
    private final List<PlatformHealth> health = new CopyOnWriteArrayList<>();

    @Reference
    private ReadingStore store;

    @Reference
    private Outbox outbox;

    @Reference
    private Uplink uplink;

    @Reference
    private EventsComponent events;

    @Reference
    private InboxComponent inbox;

    @Reference
    private KeyVault keys;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL)
    private KeyReceiver keyReceiver;

    @Reference
    private GatewayIdentity identity;

    @Reference
    private ClockTrust clockTrust;

    private volatile Concentrator concentrator;

    @Reference(cardinality = ReferenceCardinality.AT_LEAST_ONE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(MeterDriver driver) {
        drivers.add(driver);
        Optional.ofNullable(concentrator).ifPresent(c -> driver.onPush(c.pushes()));
    }

    void removeDriver(MeterDriver driver) {
        drivers.remove(driver);
    }

    @Reference(cardinality = ReferenceCardinality.AT_LEAST_ONE, policy = ReferencePolicy.DYNAMIC)
    void addChannels(ChannelFactory factory) {
        channels.add(factory);
        Optional.ofNullable(concentrator).ifPresent(c -> factory.onNodes(c.nodes()));
    }

    void removeChannels(ChannelFactory factory) {
        channels.remove(factory);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addHealth(PlatformHealth platform) {
        health.add(platform);
    }

    void removeHealth(PlatformHealth platform) {
        health.remove(platform);
    }

    @Activate
    void activate(ConcentratorConfig config) throws StartRefused {
        Settings settings;
        try {
            settings = ConfigText.settings(config);
        } catch (IllegalArgumentException e) {
            throw new StartRefused("configuration of the concentrator: " + e.getMessage(), e);
        }
        Services services = new Services(
                identity.gateway(),
                store,
                outbox,
                uplink,
                events,
                this::driver,
                new AnyChannel(),
                keys,
                clockTrust,
                OffsetClock.ofProcess(),
                System::nanoTime,
                Optional.ofNullable(keyReceiver),
                () -> health);
        concentrator = new Concentrator(services, settings);
        drivers.forEach(d -> d.onPush(concentrator.pushes()));
        channels.forEach(f -> f.onNodes(concentrator.nodes()));
        events.attach(store);
        concentrator.start();
        inbox.attach(concentrator);
    }

    @Deactivate
    void deactivate() {
        inbox.detach();
        drivers.forEach(d -> d.onPush(PushListener.NONE));
        channels.forEach(f -> f.onNodes(NodeListener.NONE));
        concentrator.close();
    }

    private Optional<MeterDriver> driver(String name) {
        return drivers.stream().filter(d -> d.name().equals(name)).findFirst();
    }

    /** Asks the factory that knows the scheme. */
    private final class AnyChannel implements ChannelFactory {
        @Override
        public boolean opens(URI address) {
            return channels.stream().anyMatch(f -> f.opens(address));
        }

        @Override
        public Channel open(URI address, Duration timeout) throws IOException {
            for (ChannelFactory factory : channels) {
                if (factory.opens(address)) {
                    return factory.open(address, timeout);
                }
            }
            throw new IOException("no channel for addresses like " + address + " is installed");
        }
    }
}
