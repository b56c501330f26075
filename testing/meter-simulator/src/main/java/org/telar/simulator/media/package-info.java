/**
 * The wires: DLMS wrapper over TCP, HDLC over TCP and HDLC on pseudo terminals, with several meters on one line. Two
 * threads serve all TCP connections; each pseudo terminal has one of its own.
 */
package org.telar.simulator.media;
