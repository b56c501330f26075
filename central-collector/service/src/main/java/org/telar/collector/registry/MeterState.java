package org.telar.collector.registry;

import java.util.Map;
import java.util.Set;

/** Life of a meter: REGISTERED → BOUND → COMMISSIONED → (SUSPENDED) → REMOVED (A7). */
public enum MeterState {
    REGISTERED,
    BOUND,
    COMMISSIONED,
    SUSPENDED,
    REMOVED;

    private static final Map<MeterState, Set<MeterState>> NEXT = Map.of(
            REGISTERED, Set.of(BOUND, COMMISSIONED, REMOVED),
            BOUND, Set.of(COMMISSIONED, REGISTERED, REMOVED),
            COMMISSIONED, Set.of(SUSPENDED, BOUND, REMOVED),
            SUSPENDED, Set.of(COMMISSIONED, BOUND, REMOVED),
            REMOVED, Set.of(REGISTERED));

    boolean mayBecome(MeterState other) {
        return other == this || NEXT.get(this).contains(other);
    }

    boolean needsGateway() {
        return this != REGISTERED && this != REMOVED;
    }
}
