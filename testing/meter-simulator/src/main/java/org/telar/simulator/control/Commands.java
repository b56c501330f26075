package org.telar.simulator.control;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.PowerCut;
import org.telar.simulator.media.Emulator;
import org.telar.simulator.media.Media;
import org.telar.simulator.media.Traffic;

/** The commands of the control socket. A wrong argument gives an error object that says what was expected. */
public final class Commands {
    private static final double MAX_WORD = 4_294_967_295.0;
    private static final double MAX_DRIFT = 400 * 86_400.0;

    /** Shown in the statistics only where there are any. */
    private static final Set<Medium> LATER = EnumSet.of(Medium.UDP, Medium.GATEWAY, Medium.PRIME);

    private final Fleet fleet;
    private final Traffic traffic;
    private final Ledger ledger;
    private final FaultCommands faults;
    private final ChangeCommands changes;
    private volatile Optional<NetworkCommands> network = Optional.empty();

    public Commands(Fleet fleet, Traffic traffic) {
        this.fleet = fleet;
        this.traffic = traffic;
        this.ledger = new Ledger(fleet);
        this.faults = new FaultCommands(fleet);
        this.changes = new ChangeCommands(fleet);
    }

    /** From now on commands that need the wires work. */
    public void wires(Media media, Emulator emulator) {
        network = Optional.of(new NetworkCommands(media, emulator));
    }

    /** Runs one command line; the answer is one JSON object. Never throws. */
    public String run(String line) {
        Map<String, Object> reply = new LinkedHashMap<>();
        try {
            reply.put("ok", true);
            Arguments args = new Arguments(Json.parse(line), fleet);
            reply.putAll(run(args.text("cmd"), args));
        } catch (IOException | RuntimeException e) {
            reply.clear();
            reply.put("ok", false);
            reply.put("error", e instanceof IOException ? "file: " + e : String.valueOf(e.getMessage()));
        }
        return Json.write(reply);
    }

    private Map<String, Object> run(String command, Arguments args) throws IOException {
        switch (command) {
            case "ping" -> {
                return Map.of("meters", fleet.meters().size());
            }
            case "mute" -> {
                return mute(args, true);
            }
            case "unmute" -> {
                return mute(args, false);
            }
            case "ledger" -> {
                return Map.of("values", ledger.profile(args.time("from"), args.time("to"), args.file()));
            }
            case "closings" -> {
                return Map.of("values", ledger.closings(args.time("from"), args.time("to"), args.file()));
            }
            case "billing" -> {
                return Map.of("values", ledger.billing(args.time("from"), args.time("to"), args.file()));
            }
            case "events" -> {
                return Map.of("rows", ledger.events(args.time("from"), args.time("to"), args.file()));
            }
            case "stats" -> {
                return stats();
            }
            case "fault" -> {
                return faults.set(args);
            }
            case "fault-clear" -> {
                return faults.clear(args);
            }
            case "faults" -> {
                return faults.list();
            }
            case "stats-reset" -> traffic.reset();
            case "swap" -> fleet.swap(args.meter("a"), args.meter("b"));
            case "set-status" -> setStatus(args);
            case "drift" -> {
                double seconds = args.number("seconds", -MAX_DRIFT, MAX_DRIFT);
                args.meter("meter").drift(Duration.ofMillis(Math.round(1000 * seconds)));
            }
            case "power-cut" -> powerCut(args);
            default -> {
                if (NetworkCommands.COMMANDS.contains(command)) {
                    return network.orElseThrow(() -> new IllegalStateException("still starting"))
                            .run(command, args);
                }
                if (ChangeCommands.COMMANDS.contains(command)) {
                    return changes.run(command, args);
                }
                throw new IllegalArgumentException("unknown command \"" + command + "\"; known: ping, mute, unmute,"
                        + " ledger, closings, stats, stats-reset, swap, set-status, drift, power-cut, fault,"
                        + " fault-clear, faults, push, prime-join, prime-leave, prime-nodes, air, "
                        + String.join(
                                ", ", ChangeCommands.COMMANDS.stream().sorted().toList()));
            }
        }
        return Map.of();
    }

    private static Map<String, Object> mute(Arguments args, boolean value) {
        Collection<Meter> meters = args.list();
        meters.forEach(m -> m.mute(value));
        return Map.of("meters", meters.size());
    }

    private static void setStatus(Arguments args) {
        Meter meter = args.meter("meter");
        if (args.has("word")) {
            meter.statusWord((long) args.number("word", 0, MAX_WORD));
        }
        if (args.has("alarm")) {
            meter.alarmWord((long) args.number("alarm", 0, MAX_WORD));
        }
    }

    private static void powerCut(Arguments args) {
        Instant from = args.time("from");
        Instant to = args.time("to");
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("power-cut: from must be before to");
        }
        args.meter("meter").cutPower(new PowerCut(from, to));
    }

    private Map<String, Object> stats() {
        Map<String, Object> media = new LinkedHashMap<>();
        for (Medium medium : Medium.values()) {
            Traffic.Totals totals = traffic.totals(medium);
            long meters = fleet.meters().stream()
                    .filter(m -> m.spec().medium() == medium)
                    .count();
            if (meters == 0 && LATER.contains(medium)) {
                continue;
            }
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("meters", meters);
            one.put("associations", totals.associations());
            one.put("requests", totals.requests());
            one.put("max_requests_per_meter", totals.busiest());
            one.put("bytes_in", totals.bytesIn());
            one.put("bytes_out", totals.bytesOut());
            media.put(medium.text(), one);
        }
        return Map.of("media", media);
    }
}
