package org.telar.uplink.mqtt.internal;

import java.time.Clock;
import java.util.Map;

import org.telar.api.store.Outbox;
import org.telar.api.store.StoreException;
import org.telar.contract.Contract;
import org.telar.contract.Status;

/** The retained status of the link, and its last will. Stateless. */
final class StatusMessages {
    private final UplinkSettings settings;
    private final Outbox outbox;
    private final Clock clock;

    StatusMessages(UplinkSettings settings, Outbox outbox, Clock clock) {
        this.settings = settings;
        this.outbox = outbox;
        this.clock = clock;
    }

    byte[] online() {
        return encode(true);
    }

    byte[] offline() {
        return encode(false);
    }

    private byte[] encode(boolean online) {
        return Contract.encode(
                new Status(online, outbox.opening(), clock.instant(), settings.version(), backlog(), Map.of()));
    }

    private long backlog() {
        try {
            return outbox.backlog().entries();
        } catch (StoreException unknown) {
            return 0;
        }
    }
}
