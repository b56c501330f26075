package org.telar.contract;

import java.time.Instant;
import java.util.Map;

import org.telar.api.store.Opening;

/**
 * State of a gateway's link, retained; the last will says {@code online = false}.
 *
 * @param opening of the gateway's store, with its epoch
 * @param since start of this state, milliseconds kept
 * @param backlog outbox entries not acknowledged
 * @param detail facts by name (versions, profile, health)
 */
public record Status(
        boolean online, Opening opening, Instant since, String version, long backlog, Map<String, String> detail) {
    public Status {
        detail = Map.copyOf(detail);
    }

    /** Of a store that does not tell its openings. */
    public Status(boolean online, long epoch, Instant since, String version, long backlog, Map<String, String> detail) {
        this(online, Opening.untold(epoch), since, version, backlog, detail);
    }

    public long epoch() {
        return opening.epoch();
    }
}
