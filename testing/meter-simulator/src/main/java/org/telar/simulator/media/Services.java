package org.telar.simulator.media;

import org.telar.simulator.fleet.Fleet;

/**
 * What every wire needs.
 *
 * @param fleet who answers where
 * @param pdu largest APDU that meters take and give, bytes
 * @param traffic counts
 * @param replies sends, spoiled or late where faults want it
 * @param outlets where each meter was heard last
 */
record Services(Fleet fleet, int pdu, Traffic traffic, Replies replies, Outlets outlets) {}
