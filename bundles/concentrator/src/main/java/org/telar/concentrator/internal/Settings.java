package org.telar.concentrator.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.telar.acquisition.MediumConfig;
import org.telar.api.model.Obis;
import org.telar.contract.Agenda;

/**
 * What the concentrator is told by its configuration.
 *
 * @param meterTable path of {@code meters.csv}
 * @param media the media of the hardware profile
 * @param backfillDays whole local days before the agent's first start that are read too, 0..366
 * @param retentionDays nothing older is read, 1..366
 * @param slotsPerRead most profile slots in one read, 1..5000
 * @param registers read on demand
 * @param instantRegisters instantaneous values
 * @param statusWords read in every run
 * @param eventLogs event logs that are read, by logical name
 * @param runDeadline longest duration of a run started by the agenda
 * @param probeEvery how often an UNREACHED meter is probed
 * @param correctClocks whether runs correct meter clocks (D2)
 * @param agenda used until the centre sends one
 */
public record Settings(
        Path meterTable,
        List<MediumConfig> media,
        int backfillDays,
        int retentionDays,
        int slotsPerRead,
        List<Obis> registers,
        List<Obis> instantRegisters,
        List<Obis> statusWords,
        List<Obis> eventLogs,
        Duration runDeadline,
        Duration probeEvery,
        boolean correctClocks,
        Agenda agenda) {
    public Settings {
        media = List.copyOf(media);
        registers = List.copyOf(registers);
        instantRegisters = List.copyOf(instantRegisters);
        statusWords = List.copyOf(statusWords);
        eventLogs = List.copyOf(eventLogs);
        range("backfillDays", backfillDays, 0, 366);
        range("retentionDays", retentionDays, 1, 366);
        range("slotsPerRead", slotsPerRead, 1, 5_000);
    }

    private static void range(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + ": " + from + ".." + to + " expected, got " + value);
        }
    }
}
