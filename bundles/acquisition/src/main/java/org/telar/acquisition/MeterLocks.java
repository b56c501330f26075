package org.telar.acquisition;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.telar.api.model.MeterId;

/** One visit a meter at a time, over all media that lead to it (G18, R80). Thread-safe. */
public final class MeterLocks {
    private final Set<MeterId> held = ConcurrentHashMap.newKeySet();
    /** Refused to somebody meanwhile: only then is anybody told of the release. */
    private final Set<MeterId> wanted = ConcurrentHashMap.newKeySet();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Whether a meter is visited over another medium. */
    boolean isHeld(MeterId meter) {
        if (!held.contains(meter)) {
            return false;
        }
        wanted.add(meter);
        // Released in between, nobody would be told any more.
        return held.contains(meter);
    }

    boolean take(MeterId meter) {
        return held.add(meter);
    }

    void release(MeterId meter) {
        held.remove(meter);
    }

    /** After a release, and without any lock of a medium: lets the others look again. */
    void tell(MeterId meter) {
        if (wanted.remove(meter)) {
            listeners.forEach(Runnable::run);
        }
    }

    void onRelease(Runnable listener) {
        listeners.add(listener);
    }
}
