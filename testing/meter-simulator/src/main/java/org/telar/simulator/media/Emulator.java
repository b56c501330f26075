package org.telar.simulator.media;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.telar.simulator.air.Air;
import org.telar.simulator.air.Preset;
import org.telar.simulator.fleet.Medium;

/**
 * Puts modelled media in front of wires. A half-duplex medium is one airtime for all connections of its line, or of the
 * whole medium where there are no lines; of a full-duplex one each connection has an airtime a direction. Thread safe.
 */
public final class Emulator {
    private final Map<Medium, Preset> presets;
    private final long seed;
    private final Map<String, Air> shared = new ConcurrentHashMap<>();
    private final Map<Medium, Air> last = new ConcurrentHashMap<>();
    private final AtomicLong connections = new AtomicLong();

    /** @param presets media that are modelled */
    public Emulator(Map<Medium, Preset> presets, long seed) {
        this.presets = Map.copyOf(presets);
        this.seed = seed;
    }

    /** Airtimes by name; of full-duplex media only the latest connection's downlink. */
    public Map<String, Air> airs() {
        Map<String, Air> all = new java.util.TreeMap<>(shared);
        last.forEach((medium, air) -> all.put(medium.text(), air));
        return all;
    }

    /** The wires of a medium, with its model in front if there is one. */
    Supplier<Wire> in(Medium medium, int line, Replies timer, Supplier<Wire> wires) {
        Optional<Preset> preset = Optional.ofNullable(presets.get(medium));
        return preset.isEmpty() ? wires : () -> modelled(preset.get(), medium, line, timer, wires.get());
    }

    private Wire modelled(Preset preset, Medium medium, int line, Replies timer, Wire wire) {
        boolean framed = medium != Medium.HDLC_TCP && medium != Medium.PTY && medium != Medium.IEC21;
        if (preset.halfDuplex()) {
            String name = line == 0 ? medium.text() : medium.text() + "-" + line;
            Air air = shared.computeIfAbsent(name, n -> new Air(preset, seed * 31 + n.hashCode()));
            return new EmulatedWire(wire, framed, air, air, timer);
        }
        long number = connections.incrementAndGet();
        Air down = new Air(preset, seed * 31 + 2 * number + 1);
        last.put(medium, down);
        return new EmulatedWire(wire, framed, new Air(preset, seed * 31 + 2 * number), down, timer);
    }
}
