package org.telar.collector.integration.loader;

/**
 * How an attempt on one file ended.
 *
 * @param code CIM reply code, or empty
 * @param reason for a person
 */
public record Outcome(State state, String code, String reason) {
    /** Where the file stands now (A7), or why nothing was done. */
    public enum State {
        LOADED,
        DISCARDED,
        REJECTED,
        RETRY_WAIT,
        QUARANTINED,
        /** The same content was here before; this copy had no effect. */
        KNOWN,
        /** Another integrator has it, or it changed while it was read: look again later. */
        BUSY
    }

    /** Code of a file that was loaded although some of its values contradict those held. */
    static final String CONFLICTS = "0.2";

    static Outcome of(State state) {
        return new Outcome(state, "", "");
    }
}
