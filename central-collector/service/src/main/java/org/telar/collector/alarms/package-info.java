/**
 * Alarms: what the events of meters, concentrators and the system say about conditions that begin and end (R34, D16).
 * Raised once, cleared by the event that says so, acknowledged by a person, told outside on the alarm channel and to the
 * site's security log.
 */
package org.telar.collector.alarms;
