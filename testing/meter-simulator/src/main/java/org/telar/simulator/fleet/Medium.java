package org.telar.simulator.fleet;

/** How a meter is reached. */
public enum Medium {
    WRAPPER("wrapper"),
    HDLC_TCP("hdlc-tcp"),
    PTY("pty");

    private final String text;

    Medium(String text) {
        this.text = text;
    }

    /** Name in options, {@code fleet.csv} and statistics. */
    public String text() {
        return text;
    }
}
