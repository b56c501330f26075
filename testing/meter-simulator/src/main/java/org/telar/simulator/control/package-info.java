/**
 * How a test drives the simulator: faults on demand and statistics as one JSON object per line over a socket, and ledgers
 * of what every meter truly held, as files.
 */
package org.telar.simulator.control;
