/**
 * The meters: who they are, on which medium and address they answer, their keys, and the little that they remember.
 * Everything but the exceptions (faults, clock, counters) follows from the seed.
 */
package org.telar.simulator.fleet;
