package org.telar.simulator.control;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.telar.simulator.energy.Channel;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetFile;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;

/** What happens to meters for good (F27 F28): another meter, other registers, another profile. The ledger tells. */
final class ChangeCommands {
    private static final int SUCCESSOR = 50_000_000;
    private static final Set<Integer> PERIODS = Set.of(300, 900, 1800, 3600);
    private static final long MAX_MODULUS = 1L << 32;

    private final Fleet fleet;

    ChangeCommands(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Commands of this class. */
    static final Set<String> COMMANDS = Set.of(
            "replace",
            "same-address",
            "register-back",
            "register-rollover",
            "capture-period",
            "capture-objects",
            "buffer-rows",
            "buffer-clear",
            "counter",
            "fleet");

    Map<String, Object> run(String command, Arguments args) throws IOException {
        switch (command) {
            case "replace" -> {
                return replace(args);
            }
            case "same-address" -> sameAddress(args);
            case "register-back" -> {
                args.only(Set.of("meter", "at", "seconds"));
                Optional<Duration> back = args.has("seconds")
                        ? Optional.of(Duration.ofSeconds(args.whole("seconds", 1, 400L * 86_400, 1)))
                        : Optional.empty();
                args.meter("meter").changes().jumpBack(at(args), back);
            }
            case "register-rollover" -> {
                args.only(Set.of("meter", "at", "modulus"));
                args.meter("meter").changes().rollOver(at(args), args.whole("modulus", 1000, MAX_MODULUS, 100_000_000));
            }
            case "capture-period" -> period(args);
            case "capture-objects" -> objects(args);
            case "buffer-rows" -> {
                args.only(Set.of("meter", "rows"));
                OptionalInt rows = args.has("rows")
                        ? OptionalInt.of((int) args.whole("rows", 0, 1_000_000, 0))
                        : OptionalInt.empty();
                args.meter("meter").changes().rows(rows);
            }
            case "buffer-clear" -> {
                args.only(Set.of("meter", "at"));
                args.meter("meter").changes().clear(at(args));
            }
            case "counter" -> {
                args.only(Set.of("meter", "client", "value"));
                args.meter("meter").acceptCounter((int) args.whole("client", 1, 0xFFFF, 1), (long)
                        args.number("value", 0, 4294967295.0));
            }
            case "fleet" -> {
                args.only(Set.of("file"));
                Path file = args.file();
                FleetFile.write(file, fleet);
                return Map.of("meters", fleet.meters().size());
            }
            default -> throw new IllegalArgumentException("unknown command \"" + command + "\"");
        }
        return Map.of();
    }

    private static Instant at(Arguments args) {
        return args.has("at") ? args.time("at") : args.meter("meter").now();
    }

    private Map<String, Object> replace(Arguments args) {
        args.only(Set.of("meter", "number", "keep_keys"));
        Meter old = args.meter("meter");
        int usual = (old.spec().number() + SUCCESSOR) % 100_000_000;
        Meter hung =
                fleet.replace(old, (int) args.whole("number", 10_000_000, 99_999_999, usual), args.flag("keep_keys"));
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("meter", hung.spec().number());
        reply.put("identity", hung.spec().identity());
        return reply;
    }

    private void sameAddress(Arguments args) {
        args.only(Set.of("meter", "of", "collide"));
        if (args.has("of")) {
            fleet.intrude(args.meter("meter"), args.meter("of"), args.flag("collide"));
        } else {
            fleet.retreat(args.meter("meter"));
        }
    }

    /** The profile of an IEC 62056-21 meter has one shape. */
    private static Meter shapeable(Arguments args) {
        Meter meter = args.meter("meter");
        if (meter.spec().medium() == Medium.IEC21) {
            throw new IllegalArgumentException("meter: expected a DLMS meter");
        }
        return meter;
    }

    private static void period(Arguments args) {
        args.only(Set.of("meter", "seconds", "at"));
        int seconds = (int) args.whole("seconds", 300, 3600, 900);
        if (!PERIODS.contains(seconds)) {
            throw new IllegalArgumentException("seconds: expected 300, 900, 1800 or 3600");
        }
        shapeable(args).changes().period(seconds, at(args));
    }

    private static void objects(Arguments args) {
        args.only(Set.of("meter", "channels", "at"));
        Meter meter = shapeable(args);
        Set<Channel> channels = EnumSet.noneOf(Channel.class);
        for (String obis : args.texts("channels")) {
            boolean increments = meter.spec().model().increments();
            boolean found = false;
            for (Channel channel : Channel.values()) {
                found |= channel.obis(increments).equals(obis) && channels.add(channel);
            }
            if (!found) {
                throw new IllegalArgumentException("channels: expected different channels of this meter such as "
                        + Channel.IMPORT.obis(increments) + ", not " + obis);
            }
        }
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("channels: expected at least one");
        }
        meter.changes().channels(channels, at(args));
    }
}
