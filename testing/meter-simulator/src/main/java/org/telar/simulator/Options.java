package org.telar.simulator;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.telar.simulator.air.Preset;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.MeterModel;

/**
 * The command line.
 *
 * @param fleet what to simulate
 * @param pdu largest APDU, bytes
 * @param clockFile where the demo clock's offset is
 * @param exitWithParent stop when standard input ends
 * @param models media that are slow and lossy
 */
record Options(
        FleetSettings fleet, int pdu, Optional<Path> clockFile, boolean exitWithParent, Map<Medium, Preset> models) {
    static final String HELP = """
            Usage: java -jar meter-simulator-all.jar [options]
            Answers as a fleet of DLMS meters on the loopback and on pseudo terminals.

              --data DIR             folder for fleet.csv and the links line-N (default: simulator-data)
              --seed N               everything follows from it (default 42)
              --meters N             1 to 9000 (default 20)
              --days N               depth of the meters' buffers, at least 45 (default 45)
              --port-base P          control P, wrapper P+1, HDLC/TCP lines P+2 to P+21 and P+24 to P+28,
                                     UDP P+21, gateway P+22, PRIME P+23, radio P+29 (default 24000)
              --clock-file FILE      one line, an ISO-8601 duration added to UTC, e.g. P1D
              --zone ZONE            local time of the meters (default America/Santiago)
              --mix wrapper=60,hdlc-tcp=20,pty=20   share of each medium, percent; also udp,
                                     gateway, prime
              --models A=70,B=20,C=10               share of each model, percent; also D and G to M
              --emulate MEDIUM=MODEL,...            slow and lossy media: prime-1, prime-2, g3,
                                     rf-4800-128, rs485-9600, cellular (models, no measurements)
              --line-size N          meters on one HDLC line, 1 to 100 (default 15)
              --pdu N                largest APDU that a meter takes and gives, 64 to 65535 (default 1024)
              --counter-start N      invocation counter the meters have already seen (default 0)
              --iec21 N              third-party IEC 62056-21 meters on P+29, beside --meters, 0 to 1000 (default 0)
              --exit-with-parent     stop when standard input ends
              --help

            Prints one line "READY {json}" when serving. Stops on SIGTERM.
            Exit codes: 0 stopped, 1 internal error, 2 wrong option, port in use or data folder not usable.
            """;

    private static final int MIN_DAYS = 45;
    private static final int BLOCK = 30;

    /**
     * Parses arguments.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    static Options parse(String[] args) {
        Map<String, String> given = new LinkedHashMap<>();
        boolean withParent = false;
        for (int i = 0; i < args.length; i++) {
            if ("--exit-with-parent".equals(args[i])) {
                withParent = true;
            } else if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + ": expected an option with a value; see --help");
            } else {
                given.put(args[i].substring(2), args[++i]);
            }
        }
        FleetSettings fleet = new FleetSettings(
                number(given, "seed", 42, Long.MIN_VALUE, Long.MAX_VALUE),
                (int) number(given, "meters", 20, 1, 9000),
                (int) Math.max(MIN_DAYS, number(given, "days", MIN_DAYS, 1, 3650)),
                zone(given),
                media(take(given, "mix", "wrapper=60,hdlc-tcp=20,pty=20")),
                models(take(given, "models", "A=70,B=20,C=10")),
                (int) number(given, "line-size", 15, 1, 100),
                (int) number(given, "port-base", 24_000, 1024, 65_535 - BLOCK),
                Path.of(take(given, "data", "simulator-data")),
                number(given, "counter-start", 0, 0, 0xFFFF_FFFFL),
                (int) number(given, "iec21", 0, 0, 1000));
        int pdu = (int) number(given, "pdu", 1024, 64, 65_535);
        Optional<Path> clock = Optional.ofNullable(given.remove("clock-file")).map(Path::of);
        Map<Medium, Preset> models = emulated(take(given, "emulate", ""));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "--" + given.keySet().iterator().next() + ": no such option; see --help");
        }
        return new Options(fleet, pdu, clock, withParent, models);
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static long number(Map<String, String> given, String name, long otherwise, long min, long max) {
        String text = given.remove(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw new IllegalArgumentException(
                "--" + name + " " + text + ": expected a whole number from " + min + " to " + max);
    }

    private static ZoneId zone(Map<String, String> given) {
        String text = take(given, "zone", "America/Santiago");
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("--zone " + text + ": expected a zone such as America/Santiago");
        }
    }

    private static Map<Medium, Integer> media(String text) {
        Map<Medium, Integer> shares = new EnumMap<>(Medium.class);
        for (Map.Entry<String, Integer> share : shares("mix", text).entrySet()) {
            Medium medium = null;
            for (Medium candidate : Medium.values()) {
                medium = candidate.text().equals(share.getKey()) ? candidate : medium;
            }
            if (medium == null || medium == Medium.IEC21) {
                throw new IllegalArgumentException("--mix: no medium \"" + share.getKey()
                        + "\"; expected wrapper, hdlc-tcp, pty, udp, gateway or prime");
            }
            shares.put(medium, share.getValue());
        }
        return shares;
    }

    private static Map<Medium, Preset> emulated(String text) {
        Map<Medium, Preset> models = new EnumMap<>(Medium.class);
        for (String part : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] pair = part.split("=");
            if (pair.length != 2) {
                throw new IllegalArgumentException("--emulate " + text + ": expected medium=model,...");
            }
            Medium medium = Arrays.stream(Medium.values())
                    .filter(m -> m.text().equals(pair[0]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("--emulate: no medium \"" + pair[0] + "\""));
            try {
                models.put(medium, Preset.of(pair[1]));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--emulate: " + e.getMessage(), e);
            }
        }
        return models;
    }

    private static Map<MeterModel, Integer> models(String text) {
        Map<MeterModel, Integer> shares = new EnumMap<>(MeterModel.class);
        for (Map.Entry<String, Integer> share : shares("models", text).entrySet()) {
            try {
                MeterModel model = MeterModel.valueOf(share.getKey().toUpperCase(Locale.ROOT));
                if (model.thirdParty()) {
                    throw new IllegalArgumentException("model " + model + " is for --iec21 alone");
                }
                shares.put(model, share.getValue());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "--models: no model \"" + share.getKey() + "\"; expected A to D or G to M", e);
            }
        }
        return shares;
    }

    private static Map<String, Integer> shares(String option, String text) {
        Map<String, Integer> shares = new LinkedHashMap<>();
        int sum = 0;
        for (String part : text.split(",")) {
            String[] pair = part.split("=");
            if (pair.length != 2 || !pair[1].matches("[0-9]{1,3}")) {
                throw new IllegalArgumentException("--" + option + " " + text + ": expected name=percent,...");
            }
            shares.put(pair[0], Integer.parseInt(pair[1]));
            sum += Integer.parseInt(pair[1]);
        }
        if (sum != 100) {
            throw new IllegalArgumentException(
                    "--" + option + " " + text + ": the shares add up to " + sum + ", not 100");
        }
        return shares;
    }
}
