package org.telar.acquisition;

import java.net.URI;
import java.time.Duration;

/**
 * One airtime budget: a serial line, a base node, a port of a router.
 *
 * @param name as in the meter table and the hardware profile
 * @param address what its channels open, for example {@code tcp://192.0.2.1:4059}
 * @param inFlight exchanges at one time, 1..8: 1 on a serial line and on a base node, 2 to 4 on IP
 * @param shared true when all sessions use one channel (a line, a base node), false when each has its own (IP)
 * @param openTimeout longest wait for a channel to open
 * @param patience how long queued jobs wait for a medium that cannot be opened, before they end as unreachable
 */
public record MediumConfig(
        String name,
        URI address,
        int inFlight,
        boolean shared,
        Timeouts timeouts,
        RetryPolicy retries,
        Duration openTimeout,
        Duration patience) {
    public MediumConfig {
        if (inFlight < 1 || inFlight > 8) {
            throw new IllegalArgumentException("medium " + name + ": inFlight is 1..8, got " + inFlight);
        }
    }

    /** With the timeouts and retries for media of which nothing is known. */
    public static MediumConfig of(String name, URI address, int inFlight, boolean shared) {
        return new MediumConfig(
                name,
                address,
                inFlight,
                shared,
                Timeouts.DEFAULT,
                RetryPolicy.DEFAULT,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20));
    }
}
