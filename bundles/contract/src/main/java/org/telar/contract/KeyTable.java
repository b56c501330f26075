package org.telar.contract;

import java.util.Map;

import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;

/**
 * Keys of all meters of a gateway that have any. Travels only sealed, in {@link Table#keys()} (D17).
 *
 * @param gateway for whom; another gateway refuses it
 * @param version grows with every change; an older one is refused, so that old keys cannot be played back
 */
public record KeyTable(String gateway, long version, Map<MeterId, MeterKeys> keys) {
    public KeyTable {
        keys = Map.copyOf(keys);
    }
}
