/**
 * Which concentrators and meters there are, and in which state of their life (R32, R88): the ground on which orders are
 * refused and readings are taken or held.
 */
package org.telar.collector.registry;
