/**
 * What the simulated households consume. Every value is a pure function of seed, meter and time, so that a meter needs
 * no memory of its rows and two runs agree to the last watt-hour whenever they start.
 */
package org.telar.simulator.energy;
