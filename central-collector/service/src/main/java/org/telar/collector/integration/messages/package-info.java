/**
 * Messages beside the reading channel: the journal of everything that comes in and goes out, the durable outbox of
 * answers and events, and the courier that delivers it to queues, addresses and folders.
 */
package org.telar.collector.integration.messages;
