/**
 * Local extraction on the gateway (R46, D23): a range of days of the store as a file that only the collector can open and
 * only this gateway can have made. Cryptographic Message Syntax (RFC 5652) by Bouncy Castle; nothing of ours in it.
 */
package org.telar.extraction.internal;
