package org.telar.api.model;

import java.time.Instant;
import java.util.List;

/**
 * A row of a meter's event log, raw: what its code means is known to the centre's table (R89, D16).
 *
 * @param log logical name of the log
 * @param at when it happened by the meter's clock, UTC
 * @param code the event code
 * @param more further columns of the row as they stand in the log
 */
public record MeterEvent(Obis log, Instant at, long code, List<Long> more) {
    public MeterEvent {
        more = List.copyOf(more);
    }
}
