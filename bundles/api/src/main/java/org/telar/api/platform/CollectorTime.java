package org.telar.api.platform;

import java.time.Instant;

/** Takes the collector's clock whenever a message brings it: half of the clock trust (D2). Thread-safe, returns at once. */
@FunctionalInterface
public interface CollectorTime {
    /**
     * @param collectorTime the collector's clock when it sent the message, milliseconds kept
     * @param hostTime the host's clock when the message arrived; later than the collector's by the way it took
     */
    void seen(Instant collectorTime, Instant hostTime);
}
