package org.telar.simulator.fleet;

import java.time.Instant;

/** A meter without power: no rows are captured in (from, to]. */
public record PowerCut(Instant from, Instant to) {
    boolean swallows(Instant end) {
        return end.isAfter(from) && !end.isAfter(to);
    }
}
