/**
 * CIM XML (IEC 61968-9 payloads in IEC 61968-100 envelopes), written and read as a stream: a strict writer, a tolerant
 * and hardened reader, our own schemas, and the tables of reading types and qualities that a utility may replace.
 */
package org.telar.collector.integration.cim;
