package org.telar.agent;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells systemd how the agent is (sd_notify): ready, stopping, and alive while it is. Java cannot send to a UNIX datagram
 * socket, so systemd's own {@code systemd-notify} does. Without systemd every call does nothing.
 */
final class ServiceManager {
    private static final Logger LOG = Logger.getLogger("org.telar.agent.ServiceManager");
    private static final Duration SENT_WITHIN = Duration.ofSeconds(8);

    private final boolean present;
    private final Duration watchdog;

    /** @param environment of the process: {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} */
    ServiceManager(Map<String, String> environment) {
        this.present = !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty();
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        this.watchdog = present && micros.matches("\\d{1,15}")
                ? Duration.ofNanos(Long.parseLong(micros) * 1000)
                : Duration.ZERO;
    }

    /** Every component is in place; from now on the watchdog is fed while {@code alive} says so. */
    void ready(String status, BooleanSupplier alive) {
        send("READY=1", "STATUS=" + status);
        if (!watchdog.isZero()) {
            Thread feeder = new Thread(() -> feed(alive), "watchdog");
            feeder.setDaemon(true);
            feeder.start();
        }
    }

    void stopping() {
        send("STOPPING=1", "STATUS=stopping");
    }

    private void feed(BooleanSupplier alive) {
        boolean told = false;
        try {
            while (true) {
                if (alive.getAsBoolean()) {
                    send("WATCHDOG=1");
                    told = false;
                } else if (!told) {
                    told = true;
                    LOG.severe("The agent gives no sign of life; the watchdog is not fed any more");
                }
                // A third: one lost message is not the end.
                Thread.sleep(watchdog.toMillis() / 3);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(String... states) {
        if (!present) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("systemd-notify"));
        command.addAll(List.of(states));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(SENT_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                LOG.warning("systemd-notify did not end within " + SENT_WITHIN.toSeconds() + " s");
            } else if (process.exitValue() != 0) {
                LOG.warning("systemd-notify " + states[0] + " ended with " + process.exitValue());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "systemd-notify cannot be run: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
