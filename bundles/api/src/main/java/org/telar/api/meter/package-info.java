/**
 * How a meter is reached and asked, whatever its protocol: the meter table's entry, its keys, the driver and its
 * session. Drivers are whiteboard services in OSGi and plain objects outside; the core never names a protocol (R13).
 */
package org.telar.api.meter;
