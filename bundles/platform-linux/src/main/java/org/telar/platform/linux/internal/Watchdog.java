package org.telar.platform.linux.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever watches that the agent is alive: systemd ({@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC}; by the program {@code
 * systemd-notify}, since Java has no datagram sockets of that family; the unit needs {@code NotifyAccess=all}), and a
 * watchdog device, which resets the gateway when nobody writes to it. Only a sign of life of the agent's work is passed on: an
 * agent that hangs is ended. One caller at a time.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long DEVICE_EVERY = Duration.ofSeconds(5).toNanos();
    private static final long MICRO = 1_000;

    private final Optional<Path> device;
    private final boolean notifies;
    private final long notifyEvery;
    private final Function<List<String>, Optional<String>> run;
    private final LongSupplier nanos;
    private Optional<OutputStream> open = Optional.empty();
    private boolean ready;
    private long notified;
    private long written;

    /** @param environment of the process */
    Watchdog(
            Optional<Path> device,
            Map<String, String> environment,
            Function<List<String>, Optional<String>> run,
            LongSupplier nanos) {
        this.device = device;
        this.notifies = environment.containsKey("NOTIFY_SOCKET");
        this.notifyEvery = every(environment.getOrDefault("WATCHDOG_USEC", ""));
        this.run = run;
        this.nanos = nanos;
        this.written = nanos.getAsLong() - DEVICE_EVERY;
    }

    private static long every(String microseconds) {
        try {
            // Half of the time that systemd allows, as its manual asks.
            return Long.parseLong(microseconds) * MICRO / 2;
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    void alive() {
        long now = nanos.getAsLong();
        if (notifies && (!ready || notifyEvery > 0 && now - notified >= notifyEvery)) {
            List<String> command = new ArrayList<>(List.of("systemd-notify"));
            command.add(ready ? "WATCHDOG=1" : "READY=1");
            if (run.apply(command).isEmpty()) {
                LOG.warn("systemd-notify failed: the service manager takes the agent for hanging");
            }
            ready = true;
            notified = now;
        }
        if (device.isPresent() && now - written >= DEVICE_EVERY) {
            written = now;
            feed(device.get());
        }
    }

    private void feed(Path file) {
        try {
            if (open.isEmpty()) {
                open = Optional.of(Files.newOutputStream(file, StandardOpenOption.WRITE));
            }
            open.get().write('1');
            open.get().flush();
        } catch (IOException e) {
            LOG.error("Watchdog {} cannot be fed: {}", file, e.toString());
            open = Optional.empty();
        }
    }

    /** A clean stop disarms the device ("magic close"); a fault does not. */
    @Override
    public void close() {
        open.ifPresent(out -> {
            try (out) {
                out.write('V');
            } catch (IOException e) {
                LOG.warn("Watchdog {} cannot be disarmed: {}", device.get(), e.toString());
            }
        });
    }
}
