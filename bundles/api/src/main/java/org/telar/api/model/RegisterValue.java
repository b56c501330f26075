package org.telar.api.model;

import java.time.Instant;
import java.util.Optional;

/**
 * One register as the meter reports it.
 *
 * @param register OBIS code
 * @param unit scaler and unit
 * @param value unscaled
 * @param occurredAt for maximum demand, when it occurred, UTC (D18)
 */
public record RegisterValue(Obis register, Unit unit, long value, Optional<Instant> occurredAt) {}
