package org.telar.contract;

import java.time.Instant;
import java.util.Map;
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
 * @param parameters what else the type needs, by name; at most 64
 */
public record Order(
        String id,
        Type type,
        Optional<MeterId> meter,
        Optional<TimeRange> range,
        Source source,
        Instant deadline,
        Map<String, String> parameters) {
    public Order {
        parameters = Map.copyOf(parameters);
    }

    /** An order without parameters. */
    public Order(
            String id, Type type, Optional<MeterId> meter, Optional<TimeRange> range, Source source, Instant deadline) {
        this(id, type, meter, range, source, deadline, Map.of());
    }

    /** What to do. */
    public enum Type {
        /** Current registers of the meter. */
        READ_REGISTERS,
        /** Load profile of a range. */
        READ_PROFILE,
        /** Daily closings of a range. */
        READ_CLOSINGS,
        /** Billing closings of a range. */
        READ_BILLING,
        /** Instantaneous values: voltages, currents, powers. */
        READ_INSTANT,
        /** Rows of the meter's event logs; of a range, or what is new since they were last read. They come as events. */
        READ_EVENTS,
        /** Status words and alarm registers. */
        READ_STATUS,
        /** Compare the meter's clock, correct it as D2 says. */
        CHECK_CLOCK,
        /** Set the meter's clock even above 10 minutes: an operator's decision (D2). */
        SET_CLOCK,
        /** Associate with a bound meter, check identity and clock: may it be commissioned (R88)? */
        COMMISSION,
        /** Run N2PLoad now. */
        RUN_N2PLOAD,
        /** Run an activity of the concentrator now; parameter {@code activity} names an {@link Agenda.Type} (R92). */
        RUN_ACTIVITY,
        /** Give up an order; parameter {@code order} names it. That one ends as FAIL, CANCELLED. */
        CANCEL
    }

    /** Where the answer shall come from. */
    public enum Source {
        METER,
        CONCENTRATOR
    }
}
