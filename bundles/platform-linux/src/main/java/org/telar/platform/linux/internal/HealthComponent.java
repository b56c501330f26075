package org.telar.platform.linux.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.channel.Channel;
import org.telar.api.channel.ChannelFactory;
import org.telar.api.platform.PlatformHealth;

/** The OSGi component that looks at the machine's parts twice a minute, on a thread of its own. */
@org.osgi.service.component.annotations.Component(
        name = "org.telar.platform.linux.health",
        service = PlatformHealth.class,
        immediate = true,
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class HealthComponent implements PlatformHealth {
    private static final Logger LOG = LoggerFactory.getLogger(HealthComponent.class);
    private static final long EVERY_SECONDS = 30;
    private static final Duration OPEN = Duration.ofSeconds(3);

    private final List<ChannelFactory> channels = new CopyOnWriteArrayList<>();
    private final List<Probe> probes;
    private final Watchdog watchdog;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread t = new Thread(work, "health");
        t.setDaemon(true);
        return t;
    });
    private volatile List<PlatformHealth.Component> found = List.of();

    @Activate
    public HealthComponent(PlatformConfig config) {
        probes = probes(config);
        Optional<Path> device =
                Optional.of(config.watchdog_device()).filter(d -> !d.isEmpty()).map(Path::of);
        watchdog = new Watchdog(device, System.getenv(), Command::run, System::nanoTime);
        thread.scheduleWithFixedDelay(this::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addChannels(ChannelFactory factory) {
        channels.add(factory);
    }

    void removeChannels(ChannelFactory factory) {
        channels.remove(factory);
    }

    private List<Probe> probes(PlatformConfig config) {
        Path root = Path.of("/");
        List<Probe> list = new ArrayList<>();
        list.add(new DiskProbe(Path.of(config.data_directory())));
        list.add(new TemperatureProbe(root, config.temperature_limit()));
        if (config.network_wan().length > 0) {
            list.add(new LinkProbe(root, Arrays.asList(config.network_wan())));
        }
        for (String line : config.modems()) {
            modem(line).ifPresent(list::add);
        }
        return list;
    }

    /** A modem of the profile: {@code name=lte kind=cellular health=at device=/dev/ttyUSB2 interface=wwan0}. */
    private Optional<Probe> modem(String line) {
        Map<String, String> keys = new HashMap<>();
        for (String pair : line.strip().split("\\s+")) {
            int eq = pair.indexOf('=');
            keys.put(pair.substring(0, Math.max(0, eq)), pair.substring(eq + 1));
        }
        String name = keys.getOrDefault("name", "modem");
        return switch (keys.getOrDefault("health", "")) {
            case "modem-manager" -> Optional.of(new ModemManagerProbe(name, Command::run));
            case "at" ->
                Optional.of(new AtProbe(
                        name,
                        () -> open(URI.create("serial:" + keys.getOrDefault("device", "") + "?baud=115200")),
                        System::nanoTime));
            case "link" -> Optional.of(new LinkProbe(Path.of("/"), List.of(keys.getOrDefault("interface", name))));
            default -> Optional.empty();
        };
    }

    private Channel open(URI address) throws IOException {
        for (ChannelFactory factory : channels) {
            if (factory.opens(address)) {
                return factory.open(address, OPEN);
            }
        }
        throw new IOException("no channel for addresses like " + address + " is installed");
    }

    private void look() {
        List<PlatformHealth.Component> now = new ArrayList<>();
        for (Probe probe : probes) {
            try {
                now.addAll(probe.look());
            } catch (RuntimeException e) {
                LOG.error("A look at the machine failed inside, goes on", e);
            }
        }
        found = List.copyOf(now);
    }

    @Override
    public List<PlatformHealth.Component> components() {
        return found;
    }

    @Override
    public void alive() {
        watchdog.alive();
    }

    @Deactivate
    void deactivate() {
        thread.shutdownNow();
        watchdog.close();
    }
}
