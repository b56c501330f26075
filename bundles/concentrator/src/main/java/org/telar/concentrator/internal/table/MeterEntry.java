package org.telar.concentrator.internal.table;

import org.telar.api.meter.Meter;

/** A line of the meter table. */
public record MeterEntry(Meter meter, MeterState state) {}
