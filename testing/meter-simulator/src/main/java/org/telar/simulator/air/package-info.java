/**
 * Models of slow and lossy media: rate, access time, delay, loss with link ARQ, bit errors, half duplex, hops. They are
 * arithmetic with seeded chance, not physics: no noise spectrum, no routing, no collisions. All in user space.
 */
package org.telar.simulator.air;
