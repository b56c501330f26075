package org.telar.api.meter;

import java.util.List;
import java.util.Optional;

import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;

/**
 * Everything one visit to a meter shall bring. The driver reads the identity with it (D1), in the fewest round trips.
 *
 * @param profile ranges of interval ends of the load profile, ascending, not overlapping
 * @param closings ranges of stamps of the daily closing, ascending, not overlapping
 * @param registers current registers to read (totals, instantaneous values); one that the model does not have is left
 *     out of the answer, and none at all is {@code UNSUPPORTED}
 * @param clock whether to read the meter's clock
 * @param statusWords status words and alarm registers to read
 * @param billing ranges of stamps of the billing profile, ascending, not overlapping
 * @param logs parts of event logs
 */
public record ReadRequest(
        List<TimeRange> profile,
        List<TimeRange> closings,
        List<Obis> registers,
        boolean clock,
        List<Obis> statusWords,
        List<TimeRange> billing,
        List<LogRange> logs) {
    public ReadRequest {
        profile = List.copyOf(profile);
        closings = List.copyOf(closings);
        registers = List.copyOf(registers);
        statusWords = List.copyOf(statusWords);
        billing = List.copyOf(billing);
        logs = List.copyOf(logs);
    }

    /** Without billing closings and event logs. */
    public ReadRequest(
            List<TimeRange> profile,
            List<TimeRange> closings,
            List<Obis> registers,
            boolean clock,
            List<Obis> statusWords) {
        this(profile, closings, registers, clock, statusWords, List.of(), List.of());
    }

    /** Identity and clock only: a probe. */
    public static ReadRequest probe() {
        return new ReadRequest(List.of(), List.of(), List.of(), true, List.of());
    }

    /** Billing closings. */
    public static ReadRequest billing(List<TimeRange> ranges) {
        return new ReadRequest(List.of(), List.of(), List.of(), true, List.of(), ranges, List.of());
    }

    /** Event logs. */
    public static ReadRequest logs(List<LogRange> logs) {
        return new ReadRequest(List.of(), List.of(), List.of(), true, List.of(), List.of(), logs);
    }

    public Optional<TimeRange> lastProfileRange() {
        return profile.isEmpty() ? Optional.empty() : Optional.of(profile.get(profile.size() - 1));
    }
}
