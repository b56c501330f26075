package org.telar.collector.ingest;

import java.time.ZoneId;

/**
 * What ingest needs to know of a meter.
 *
 * @param gateway the one it is bound to; empty when to none
 * @param inService commissioned, or suspended after it was: its readings are taken, others are held
 */
record KnownMeter(int id, String number, String state, String gateway, ZoneId zone, boolean inService) {}
