package org.telar.simulator.control;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.PowerCut;
import org.telar.simulator.media.Traffic;

/** The commands of the control socket. A wrong argument gives an error object that says what was expected. */
public final class Commands {
    private static final double MAX_WORD = 4_294_967_295.0;
    private static final double MAX_DRIFT = 400 * 86_400.0;

    private final Fleet fleet;
    private final Traffic traffic;
    private final Ledger ledger;

    public Commands(Fleet fleet, Traffic traffic) {
        this.fleet = fleet;
        this.traffic = traffic;
        this.ledger = new Ledger(fleet);
    }

    /** Runs one command line; the answer is one JSON object. Never throws. */
    public String run(String line) {
        try {
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("ok", true);
            reply.putAll(run(Json.parse(line)));
            return Json.write(reply);
        } catch (IOException | RuntimeException e) {
            Map<String, Object> reply = new LinkedHashMap<>();
            reply.put("ok", false);
            reply.put("error", e instanceof IOException ? "file: " + e : String.valueOf(e.getMessage()));
            return Json.write(reply);
        }
    }

    private Map<String, Object> run(Map<String, Object> args) throws IOException {
        String command = text(args, "cmd");
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
                return Map.of("values", ledger.profile(time(args, "from"), time(args, "to"), file(args)));
            }
            case "closings" -> {
                return Map.of("values", ledger.closings(time(args, "from"), time(args, "to"), file(args)));
            }
            case "stats" -> {
                return stats();
            }
            case "stats-reset" -> traffic.reset();
            case "swap" -> fleet.swap(meter(args, "a"), meter(args, "b"));
            case "set-status" -> setStatus(args);
            case "drift" ->
                meter(args, "meter")
                        .drift(Duration.ofMillis(Math.round(1000 * number(args, "seconds", -MAX_DRIFT, MAX_DRIFT))));
            case "power-cut" -> powerCut(args);
            default ->
                throw new IllegalArgumentException("unknown command \"" + command + "\"; known: ping, mute, unmute,"
                        + " ledger, closings, stats, stats-reset, swap, set-status, drift, power-cut");
        }
        return Map.of();
    }

    private Map<String, Object> mute(Map<String, Object> args, boolean value) {
        Collection<Meter> meters = "all".equals(args.get("meters"))
                ? fleet.meters()
                : list(args).stream().map(n -> meter(n, "meters")).toList();
        meters.forEach(m -> m.mute(value));
        return Map.of("meters", meters.size());
    }

    private static List<?> list(Map<String, Object> args) {
        if (args.get("meters") instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("meters: expected a list of meter numbers or \"all\"");
    }

    private void setStatus(Map<String, Object> args) {
        Meter meter = meter(args, "meter");
        if (args.containsKey("word")) {
            meter.statusWord((long) number(args, "word", 0, MAX_WORD));
        }
        if (args.containsKey("alarm")) {
            meter.alarmWord((long) number(args, "alarm", 0, MAX_WORD));
        }
    }

    private void powerCut(Map<String, Object> args) {
        Instant from = time(args, "from");
        Instant to = time(args, "to");
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("power-cut: from must be before to");
        }
        meter(args, "meter").cutPower(new PowerCut(from, to));
    }

    private Map<String, Object> stats() {
        Map<String, Object> media = new LinkedHashMap<>();
        for (Medium medium : Medium.values()) {
            Traffic.Totals totals = traffic.totals(medium);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put(
                    "meters",
                    fleet.meters().stream()
                            .filter(m -> m.spec().medium() == medium)
                            .count());
            one.put("associations", totals.associations());
            one.put("requests", totals.requests());
            one.put("max_requests_per_meter", totals.busiest());
            one.put("bytes_in", totals.bytesIn());
            one.put("bytes_out", totals.bytesOut());
            media.put(medium.text(), one);
        }
        return Map.of("media", media);
    }

    private static String text(Map<String, Object> args, String key) {
        if (args.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + ": expected a string");
    }

    private static Path file(Map<String, Object> args) {
        return Path.of(text(args, "file"));
    }

    private static double number(Map<String, Object> args, String key, double min, double max) {
        if (args.get(key) instanceof Double number && number >= min && number <= max) {
            return number;
        }
        throw new IllegalArgumentException(
                key + ": expected a number from " + Math.round(min) + " to " + Math.round(max));
    }

    private static Instant time(Map<String, Object> args, String key) {
        try {
            return Instant.parse(text(args, key));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(key + ": expected a time such as 2026-11-20T03:15:00Z");
        }
    }

    private Meter meter(Map<String, Object> args, String key) {
        return meter(args.get(key), key);
    }

    private Meter meter(Object number, String key) {
        String digits = number instanceof Double d ? Long.toString(Math.round(d)) : String.valueOf(number);
        if (!digits.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(key + ": expected a meter number, not " + digits);
        }
        return fleet.meter(Integer.parseInt(digits))
                .orElseThrow(() -> new IllegalArgumentException(key + ": no meter " + digits + " in this fleet"));
    }
}
