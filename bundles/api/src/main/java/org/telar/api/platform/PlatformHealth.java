package org.telar.api.platform;

import java.util.List;

/**
 * What the platform knows of the machine's own parts: modem, SIM, WAN link, disk, temperature. Several may be there. Answers
 * at once from what was last found out. Thread-safe.
 */
public interface PlatformHealth {
    /** State of one part. */
    enum State {
        OK,
        FAULT,
        /** It cannot be told: no such part, or nobody to ask. Raises nothing and clears nothing. */
        UNKNOWN
    }

    /**
     * @param component its name, for example {@code modem}, {@code sim}, {@code wan}, {@code disk}, {@code temperature};
     *     with a colon and a name where there are several
     * @param detail one sentence: what is wrong, or what was measured; no secrets, no subscriber numbers
     */
    record Component(String component, State state, String detail) {}

    List<Component> components();

    /** The agent is alive and does its work: called about once a second by its housekeeping. Feeds a watchdog. */
    default void alive() {}
}
