package org.telar.simulator.control;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.telar.simulator.air.Air;
import org.telar.simulator.apdu.Notification;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.media.Emulator;
import org.telar.simulator.media.Media;
import org.telar.simulator.media.PrimeNetwork;

/** What happens on the networks: pushes, and meters that join and leave a PRIME base node (D1 D16). */
final class NetworkCommands {
    static final Set<String> COMMANDS = Set.of("push", "prime-join", "prime-leave", "prime-nodes", "air");

    private static final int MAX_BODY = 60_000;

    private final Media media;
    private final Emulator emulator;
    private final AtomicLong invoke = new AtomicLong();

    NetworkCommands(Media media, Emulator emulator) {
        this.media = media;
        this.emulator = emulator;
    }

    Map<String, Object> run(String command, Arguments args) throws IOException {
        return switch (command) {
            case "push" -> push(args);
            case "prime-join" -> {
                args.only(Set.of("meter", "node"));
                OptionalInt node =
                        args.has("node") ? OptionalInt.of((int) args.whole("node", 2, 0xFFFF, 0)) : OptionalInt.empty();
                yield Map.of("node", prime().join(args.meter("meter"), node));
            }
            case "prime-leave" -> {
                args.only(Set.of("meter"));
                prime().leave(args.meter("meter"));
                yield Map.of();
            }
            case "air" -> Map.of("air", airs());
            default -> Map.of("nodes", nodes());
        };
    }

    private Map<String, Object> airs() {
        Map<String, Object> all = new LinkedHashMap<>();
        emulator.airs().forEach((name, air) -> {
            Air.Totals totals = air.totals();
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("model", air.preset().name());
            one.put("messages", totals.messages());
            one.put("lost", totals.lost());
            one.put("segments", totals.segments());
            one.put("repeated", totals.repeated());
            one.put("busy_ms", totals.busyNanos() / 1_000_000);
            all.put(name, one);
        });
        return all;
    }

    private PrimeNetwork prime() {
        return media.prime()
                .orElseThrow(() -> new IllegalArgumentException("no meter of this fleet is on the medium prime"));
    }

    private List<Object> nodes() {
        PrimeNetwork prime = prime();
        List<Object> nodes = new ArrayList<>();
        prime.nodes().forEach((id, meter) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("node", id);
            one.put("meter", meter.spec().number());
            one.put("auto_close", prime.autoClose(id));
            nodes.add(one);
        });
        return nodes;
    }

    private Map<String, Object> push(Arguments args) throws IOException {
        args.only(Set.of("meter", "service", "to", "client", "protect", "body"));
        Meter meter = args.meter("meter");
        int client = (int) args.whole("client", 1, 0xFFFF, 1);
        byte[] plain =
                switch (args.text("service", "data")) {
                    case "data" -> Notification.data(meter, invoke.incrementAndGet(), body(args));
                    case "event" -> Notification.event(meter);
                    default -> throw new IllegalArgumentException("service: expected \"data\" or \"event\"");
                };
        byte[] apdu = args.flag("protect") ? Notification.sealed(meter, plain) : plain;
        Optional<URI> to = args.has("to") ? Optional.of(URI.create(args.text("to"))) : Optional.empty();
        media.notifier().send(meter, client, apdu, to);
        return Map.of("bytes", apdu.length);
    }

    private static byte[] body(Arguments args) {
        byte[] body = args.has("body") ? HexFormat.of().parseHex(args.text("body")) : new byte[0];
        if (body.length > MAX_BODY) {
            throw new IllegalArgumentException("body: expected at most " + MAX_BODY + " bytes");
        }
        return body;
    }
}
