package org.telar.contract;

import java.time.Instant;
import java.util.Optional;

import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;

/**
 * An order to the concentrator: type, number and meter (R23).
 *
 * @param id order number, at most 64 characters
 * @param meter empty for an order to the concentrator itself (a run)
 * @param range for profile and closings
 * @param deadline a late edge never runs an expired order (D15); milliseconds kept
 */
public record Order(
        String id, Type type, Optional<MeterId> meter, Optional<TimeRange> range, Source source, Instant deadline) {

    /** What to do. */
    public enum Type {
        /** Current registers of the meter. */
        READ_REGISTERS,
        /** Load profile of a range. */
        READ_PROFILE,
        /** Daily closings of a range. */
        READ_CLOSINGS,
        /** Status words and alarm registers. */
        READ_STATUS,
        /** Compare the meter's clock, correct it as D2 says. */
        CHECK_CLOCK,
        /** Set the meter's clock even above 10 minutes: an operator's decision (D2). */
        SET_CLOCK,
        /** Run N2PLoad now. */
        RUN_N2PLOAD
    }

    /** Where the answer shall come from. */
    public enum Source {
        METER,
        CONCENTRATOR
    }
}
