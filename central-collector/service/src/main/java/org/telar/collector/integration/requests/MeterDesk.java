package org.telar.collector.integration.requests;

import java.util.Optional;

/** The registry as a MeterConfig needs it. Implementations are thread-safe and join the caller's transaction. */
public interface MeterDesk {
    /**
     * A meter to be made or changed; empty texts leave what is there.
     *
     * @param state REGISTERED, BOUND, COMMISSIONED, SUSPENDED, REMOVED; empty: as the rest suggests
     * @param ratio SECONDARY or PRIMARY (D6)
     */
    record Change(
            String number, String gateway, String model, String zone, String identity, String ratio, String state) {}

    /** @param code reply code */
    record Refusal(String code, String reason, String words) {}

    /** @return why it was not done; empty when it was */
    Optional<Refusal> put(Change change);
}
