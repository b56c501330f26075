package org.telar.concentrator.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.model.Obis;
import org.telar.api.platform.DurableFile;
import org.telar.api.platform.EventSink;
import org.telar.contract.Config;
import org.telar.contract.Result;

/**
 * The settings in force: the gateway's own configuration, and over it what the centre sent. One bad value refuses a whole
 * configuration; what was in force stays (R8 of reliability). Thread-safe.
 */
final class ConfigKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigKeeper.class);
    private static final int MINUTES_OF_DAY = 24 * 60;
    private static final int MOST_DAYS = 366;
    private static final int MOST_SLOTS = 5_000;

    private final Path file;
    private final Settings own;
    private final EventSink events;
    private final Versions versions;
    private volatile Settings settings;
    private long version;
    private int values;

    /** @param own of the gateway's own configuration */
    ConfigKeeper(Path folder, Settings own, EventSink events) {
        this.file = folder.resolve("config.state");
        this.own = own;
        this.events = events;
        this.versions = new Versions("config");
        this.settings = own;
        restore();
    }

    Settings settings() {
        return settings;
    }

    private void restore() {
        try {
            Optional<String> text = DurableFile.read(file);
            if (text.isPresent()) {
                Config kept = parse(text.get());
                List<String> problems = new ArrayList<>();
                settings = merged(kept.values(), problems);
                version = kept.version();
                values = kept.values().size();
                problems.forEach(p -> LOG.error("{}: {}", file, p));
            }
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            events.event(
                    "CONFIG_FALLBACK",
                    EventSink.Severity.WARNING,
                    "The centre's configuration cannot be read (" + e.getMessage() + "); the gateway's own is used.",
                    Map.of("file", file.toString()));
        }
    }

    private static Config parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> lines = text.lines().toList();
        for (String line : lines.subList(1, lines.size())) {
            int eq = line.indexOf('=');
            values.put(line.substring(0, eq), line.substring(eq + 1));
        }
        return new Config(Long.parseLong(lines.get(0)), values);
    }

    /** Takes a configuration; empty when the centre knows already that it is in force. */
    synchronized Optional<Result.Applied> received(Config told, Instant now) {
        if (told.version() <= version) {
            return versions.known(told.version(), version, values, List.of(), now);
        }
        List<String> problems = new ArrayList<>();
        Settings merged = merged(told.values(), problems);
        if (problems.isEmpty()) {
            StringBuilder text = new StringBuilder().append(told.version()).append('\n');
            new TreeMap<>(told.values())
                    .forEach((key, value) ->
                            text.append(key).append('=').append(value).append('\n'));
            try {
                DurableFile.write(file, text.toString());
            } catch (IOException e) {
                problems.add("the configuration cannot be kept on disk: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            return versions.refused(told.version(), problems, now);
        }
        settings = merged;
        version = told.version();
        values = told.values().size();
        events.event(
                "CONFIG_CHANGED",
                EventSink.Severity.INFO,
                "Configuration version " + version + " with " + values + " values is in force.",
                Map.of("version", Long.toString(version)));
        return versions.inForce(version, values, List.of(), now);
    }

    /** The own settings with some replaced; what is wrong is named, and then the own value stays. */
    private Settings merged(Map<String, String> values, List<String> problems) {
        int retention = own.retentionDays();
        int slots = own.slotsPerRead();
        List<Obis> registers = own.registers();
        List<Obis> instant = own.instantRegisters();
        List<Obis> words = own.statusWords();
        List<Obis> logs = own.eventLogs();
        Duration run = own.runDeadline();
        Duration probe = own.probeEvery();
        boolean correct = own.correctClocks();
        for (Map.Entry<String, String> e : new TreeMap<>(values).entrySet()) {
            String key = e.getKey();
            String value = e.getValue().strip();
            try {
                switch (key) {
                    case "retention.days" -> retention = number(key, value, MOST_DAYS);
                    case "slots.per.read" -> slots = number(key, value, MOST_SLOTS);
                    case "registers" -> registers = obis(key, value);
                    case "instant.registers" -> instant = obis(key, value);
                    case "status.words" -> words = obis(key, value);
                    case "event.logs" -> logs = obis(key, value);
                    case "run.minutes" -> run = Duration.ofMinutes(number(key, value, MINUTES_OF_DAY));
                    case "probe.minutes" -> probe = Duration.ofMinutes(number(key, value, MINUTES_OF_DAY));
                    case "correct.clocks" -> correct = truth(key, value);
                    default -> problems.add(key + ": no such key");
                }
            } catch (IllegalArgumentException bad) {
                problems.add(bad.getMessage());
            }
        }
        return new Settings(
                own.meterTable(),
                own.media(),
                own.backfillDays(),
                retention,
                slots,
                registers,
                instant,
                words,
                logs,
                run,
                probe,
                correct,
                own.agenda());
    }

    private static int number(String key, String value, int most) {
        try {
            int n = Integer.parseInt(value);
            if (n >= 1 && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same sentence.
        }
        throw new IllegalArgumentException(key + ": 1.." + most + " expected, got " + shortened(value));
    }

    private static boolean truth(String key, String value) {
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw new IllegalArgumentException(key + ": true or false expected, got " + shortened(value));
    }

    private static List<Obis> obis(String key, String value) {
        return value.isEmpty() ? List.of() : ConfigText.obis(key, value.split(","));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
