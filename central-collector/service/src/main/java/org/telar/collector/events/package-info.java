/**
 * Events of edge and centre, each stored once however often it comes (R34, R35).
 */
package org.telar.collector.events;
