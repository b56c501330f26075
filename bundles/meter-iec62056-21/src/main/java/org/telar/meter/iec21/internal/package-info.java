/**
 * A meter driver for third-party meters that speak IEC 62056-21 mode C over a wireless or TCP link (R13): sign-on,
 * programming mode with password, data readout, load profile in formatted codes. It is added by registering one
 * {@code MeterDriver}; nothing in the core names it.
 */
package org.telar.meter.iec21.internal;
