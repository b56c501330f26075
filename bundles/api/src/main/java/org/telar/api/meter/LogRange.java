package org.telar.api.meter;

import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;

/**
 * A part of an event log.
 *
 * @param log logical name of the log
 * @param range of the events' times
 */
public record LogRange(Obis log, TimeRange range) {}
