package org.telar.api.meter;

import java.util.Optional;

/**
 * What a driver learned of a meter model (capture objects, scalers, limits, deviation sign) and wants to know again
 * after a restart. Thread-safe; values are at most 64 kB of text.
 */
public interface ModelMemory {
    Optional<String> recall(String key);

    void remember(String key, String value);

    void forget(String key);
}
