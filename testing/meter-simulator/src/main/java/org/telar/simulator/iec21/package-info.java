/**
 * Third-party meters on a radio modem that speak IEC 62056-21 mode C: other codes, stamps and status bits than the
 * DLMS meters, the same households behind them, so that one ledger is the truth for all. Written from the standard
 * alone; it shares no code with any reader.
 */
package org.telar.simulator.iec21;
