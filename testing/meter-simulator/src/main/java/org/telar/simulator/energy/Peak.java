package org.telar.simulator.energy;

import java.time.Instant;

/**
 * A maximum demand.
 *
 * @param value mean power of the quarter, in W divided by the meter's scaler
 * @param at end of that quarter
 */
public record Peak(long value, Instant at) {}
