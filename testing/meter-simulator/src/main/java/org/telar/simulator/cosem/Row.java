package org.telar.simulator.cosem;

import java.time.Instant;

/**
 * One row of a profile, not yet computed.
 *
 * @param shown instant that the row's clock column shows
 * @param end end of its interval
 * @param status profile status bits
 * @param offGrid true for the row that a power cut leaves
 */
public record Row(Instant shown, Instant end, int status, boolean offGrid) {}
