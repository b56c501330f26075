package org.telar.api.meter;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.MeterEvent;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.StatusWord;

/**
 * What a visit brought. The identity has been checked by the driver before this exists.
 *
 * @param identity as the meter answered
 * @param clock the meter's clock in UTC, if read
 * @param readAt host clock at the middle of the exchange that read the meter's clock, else at the end of the read
 * @param profiles blocks, rows that the meter does not hold marked missing
 * @param registers closings and registers
 * @param statusWords raw words
 * @param events rows of event logs, by time
 * @param roundTrips request and response pairs, association apart (D14)
 * @param findings what the driver noticed on the way and somebody should hear of
 */
public record MeterReadout(
        String identity,
        Optional<Instant> clock,
        Instant readAt,
        List<ProfileBlock> profiles,
        List<RegisterSet> registers,
        List<StatusWord> statusWords,
        List<MeterEvent> events,
        int roundTrips,
        List<Finding> findings) {
    public MeterReadout {
        profiles = List.copyOf(profiles);
        registers = List.copyOf(registers);
        statusWords = List.copyOf(statusWords);
        events = List.copyOf(events);
        findings = List.copyOf(findings);
    }

    /** Without findings. */
    public MeterReadout(
            String identity,
            Optional<Instant> clock,
            Instant readAt,
            List<ProfileBlock> profiles,
            List<RegisterSet> registers,
            List<StatusWord> statusWords,
            List<MeterEvent> events,
            int roundTrips) {
        this(identity, clock, readAt, profiles, registers, statusWords, events, roundTrips, List.of());
    }

    /** Without rows of event logs. */
    public MeterReadout(
            String identity,
            Optional<Instant> clock,
            Instant readAt,
            List<ProfileBlock> profiles,
            List<RegisterSet> registers,
            List<StatusWord> statusWords,
            int roundTrips) {
        this(identity, clock, readAt, profiles, registers, statusWords, List.of(), roundTrips);
    }
}
