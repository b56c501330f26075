package org.telar.simulator.fleet;

/** How a meter is reached. */
public enum Medium {
    WRAPPER("wrapper"),
    HDLC_TCP("hdlc-tcp"),
    PTY("pty"),
    /** DLMS wrapper over UDP, IPv4 and IPv6. */
    UDP("udp"),
    /** Behind a gateway: wrapper over TCP, gateway header in front of each APDU. */
    GATEWAY("gateway"),
    /** Nodes of a PRIME base node. */
    PRIME("prime"),
    /** IEC 62056-21 behind a radio modem on TCP; not part of the mix, see {@code --iec21}. */
    IEC21("iec21");

    private final String text;

    Medium(String text) {
        this.text = text;
    }

    /** Name in options, {@code fleet.csv} and statistics. */
    public String text() {
        return text;
    }
}
