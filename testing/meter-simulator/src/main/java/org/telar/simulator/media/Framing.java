package org.telar.simulator.media;

/** How a reply is framed, for the faults that spoil one field of it. */
enum Framing {
    /** Format type 3 between flags (IEC 62056-46). */
    HDLC,
    /** Version, source, destination, length (IEC 62056-47). */
    WRAPPER
}
