/**
 * Orders to meters and concentrators (Actividades Online): checked before any traffic (R22), sent with what is left of
 * their deadline, judged when what they brought has been ingested. A durable state machine that survives a restart of
 * any part (A7).
 */
package org.telar.collector.orders;
