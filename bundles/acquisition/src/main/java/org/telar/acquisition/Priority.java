package org.telar.acquisition;

/** Lanes of a medium, most urgent first. */
public enum Priority {
    /** Somebody waits for the answer (R28). */
    ON_DEMAND,
    /** Clock, keys, commissioning. */
    CONTROL,
    /** Daily closings. */
    CLOSING,
    /** Today's profile. */
    TODAY,
    /** Older gaps. */
    GAPS,
    /** Whether a meter that does not answer has come back; counts as a retry. */
    PROBE,
    FIRMWARE;

    /** Lanes that keep a fifth of the airtime, so that a flood of orders never starves the daily load. */
    boolean keepsShare() {
        return this == TODAY || this == GAPS;
    }

    /** Lanes that may start while another meter of the medium is being visited. */
    boolean isExpress() {
        return this == ON_DEMAND || this == CONTROL;
    }
}
