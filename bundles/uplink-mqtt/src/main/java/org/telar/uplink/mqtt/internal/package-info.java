/**
 * The link to the centre over MQTT 5. One thread owns the connection, a fresh client for each; it drains the outbox in
 * batches within a window of its own and frees entries only when the collector's acknowledgement arrives, never on the
 * broker's (R2, R9, R10 of reliability). Paho's faults stay behind {@code Link}.
 */
package org.telar.uplink.mqtt.internal;
