package org.telar.concentrator.internal;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.telar.api.model.Obis;
import org.telar.contract.Agenda;

/** Turns configuration text into {@link Settings}. Errors name the key and what was expected. */
final class ConfigText {
    private static final int DAY_MINUTES = 24 * 60;

    private ConfigText() {}

    /** @throws IllegalArgumentException naming the key and what was expected */
    static Settings settings(ConcentratorConfig c) {
        return new Settings(
                Path.of(c.meter_table()),
                Arrays.stream(c.media()).map(MediumText::parse).toList(),
                c.backfill_days(),
                c.retention_days(),
                c.slots_per_read(),
                obis("registers", c.registers()),
                obis("instant.registers", c.instant_registers()),
                obis("status.words", c.status_words()),
                obis("event.logs", c.event_logs()),
                minutes("run.minutes", c.run_minutes()),
                minutes("probe.minutes", c.probe_minutes()),
                c.correct_clocks(),
                agenda(c.zone(), c.agenda()));
    }

    static Duration minutes(String key, int value) {
        if (value < 1 || value > DAY_MINUTES) {
            throw new IllegalArgumentException(key + ": 1..1440 expected, got " + value);
        }
        return Duration.ofMinutes(value);
    }

    static List<Obis> obis(String key, String[] codes) {
        try {
            return Arrays.stream(codes).map(Obis::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    static Agenda agenda(String zone, String[] lines) {
        try {
            List<Agenda.Activity> activities = new ArrayList<>();
            for (String line : lines) {
                activities.add(activity(line));
            }
            return new Agenda(0, ZoneId.of(zone), activities);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("zone: a zone such as America/Santiago expected, got " + zone, e);
        }
    }

    private static Agenda.Activity activity(String line) {
        String[] parts = line.strip().split("\\s+");
        try {
            if (parts.length == 3) {
                Agenda.Type type = Agenda.Type.valueOf(parts[1]);
                if (parts[2].contains(":")) {
                    return new Agenda.Activity(parts[0], type, Optional.of(LocalTime.parse(parts[2])), 0);
                }
                int every = Integer.parseInt(parts[2]);
                if (every >= 1 && every <= DAY_MINUTES) {
                    return new Agenda.Activity(parts[0], type, Optional.empty(), every);
                }
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            // Falls through to the same sentence.
        }
        throw new IllegalArgumentException(
                "agenda: \"name N2PLOAD|CLOCK_CHECK|STATUS_POLL|BILLING|INSTANT|EVENT_LOGS HH:mm\" or"
                        + " minutes 1..1440 instead of HH:mm expected, got \"" + line + "\"");
    }
}
