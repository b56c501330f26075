/**
 * The agent's mind: puts meter table, agenda, orders, acquisition, store and uplink together. Thin component classes for
 * Declarative Services stand beside logic that knows nothing of them.
 */
package org.telar.concentrator.internal;
