package org.telar.contract;

import java.time.Instant;
import java.util.Map;

/**
 * State of a gateway's link, retained; the last will says {@code online = false}.
 *
 * @param since start of this state, milliseconds kept
 * @param backlog outbox entries not acknowledged
 * @param detail facts by name (versions, profile, health)
 */
public record Status(
        boolean online, long epoch, Instant since, String version, long backlog, Map<String, String> detail) {
    public Status {
        detail = Map.copyOf(detail);
    }
}
