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
 * @param registers current registers to read (instantaneous values)
 * @param clock whether to read the meter's clock
 * @param statusWords status words and alarm registers to read
 */
public record ReadRequest(
        List<TimeRange> profile,
        List<TimeRange> closings,
        List<Obis> registers,
        boolean clock,
        List<Obis> statusWords) {
    public ReadRequest {
        profile = List.copyOf(profile);
        closings = List.copyOf(closings);
        registers = List.copyOf(registers);
        statusWords = List.copyOf(statusWords);
    }

    /** Identity and clock only: a probe. */
    public static ReadRequest probe() {
        return new ReadRequest(List.of(), List.of(), List.of(), true, List.of());
    }

    public Optional<TimeRange> lastProfileRange() {
        return profile.isEmpty() ? Optional.empty() : Optional.of(profile.get(profile.size() - 1));
    }
}
