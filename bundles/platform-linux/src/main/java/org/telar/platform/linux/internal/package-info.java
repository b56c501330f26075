/**
 * What the agent needs of a plain Linux machine: who the gateway is, where its secrets and counters are, whether its
 * clock can be trusted. Logic stands apart from the thin component classes.
 */
package org.telar.platform.linux.internal;
