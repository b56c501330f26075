/**
 * The link to the concentrators; the only package that knows MQTT. It hands what comes up to ingest, and brings down
 * acknowledgements, orders and agendas.
 */
package org.telar.collector.gatewaylink;
