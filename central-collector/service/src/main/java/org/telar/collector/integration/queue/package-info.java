/**
 * From the central database to the JMS queue: the composer turns pending work into messages whose final bytes it keeps
 * in the outbox (D10, D11), the relay sends them. Either may die at any point without losing or doubling a message.
 */
package org.telar.collector.integration.queue;
