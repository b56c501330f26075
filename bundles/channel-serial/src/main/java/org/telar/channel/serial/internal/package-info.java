/**
 * Serial channels on jSerialComm. The native library is put where the gateway wants it, never into temporary or home
 * folders, and a port that vanishes ends the read with an error.
 */
package org.telar.channel.serial.internal;
