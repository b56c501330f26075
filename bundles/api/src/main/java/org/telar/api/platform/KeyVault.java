package org.telar.api.platform;

import java.util.Optional;

import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;

/** Secrets of meters. Implementations never log what they hold. Thread-safe. */
public interface KeyVault {
    Optional<MeterKeys> keysOf(MeterId meter);
}
