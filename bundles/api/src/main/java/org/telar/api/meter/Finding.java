package org.telar.api.meter;

/**
 * Something that a driver noticed while it read what it was asked, and that belongs into an event. What was read is right
 * all the same.
 *
 * @param code which
 * @param text one English sentence: what was found and what was done about it
 */
public record Finding(Code code, String text) {
    /** Stable names; event codes are these. */
    public enum Code {
        /** Capture objects, their scalers or the capture period of a profile are others than before (F28). */
        PROFILE_SHAPE_CHANGED,
        /** The meter no longer holds rows that were asked: its buffer wrapped or was emptied (F28). */
        DATA_OVERWRITTEN,
        /** An event log holds an event of which the meter did not know the time; it is told here, and nowhere else. */
        EVENT_WITHOUT_TIME,
        /** Two devices answered at one address (F27). */
        METER_DUPLICATE
    }
}
