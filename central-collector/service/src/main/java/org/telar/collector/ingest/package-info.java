/**
 * What gateways sent becomes rows: inbox and data in one transaction, then the acknowledgement (R11 of reliability).
 * Duplicates, any order, partial days, conflicts, held meters and poison are decided here, set by set. It knows neither
 * MQTT nor CIM.
 */
package org.telar.collector.ingest;
