package org.telar.simulator.media;

import java.util.function.Supplier;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;

/**
 * What every wire needs.
 *
 * @param fleet who answers where
 * @param pdu largest APDU that meters take and give, bytes
 * @param traffic counts
 * @param replies sends, spoiled or late where faults want it
 * @param outlets where each meter was heard last
 * @param emulator models of slow media
 */
record Services(Fleet fleet, int pdu, Traffic traffic, Replies replies, Outlets outlets, Emulator emulator) {
    /** Wires of a medium, behind its model if there is one; line 0 where there are no lines. */
    Supplier<Wire> in(Medium medium, int line, Supplier<Wire> wires) {
        return emulator.in(medium, line, replies, wires);
    }
}
