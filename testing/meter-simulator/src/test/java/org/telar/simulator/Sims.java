package org.telar.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.telar.simulator.air.Preset;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

/** Small simulators for tests, on a free block of ports. */
final class Sims {
    private static final int BLOCK = 24;

    private Sims() {}

    static FleetSettings settings(Path data, int meters, int portBase, Map<Medium, Integer> media) {
        Map<MeterModel, Integer> models =
                new EnumMap<>(Map.of(MeterModel.A, 50, MeterModel.B, 20, MeterModel.C, 20, MeterModel.D, 10));
        return new FleetSettings(
                7, meters, 45, ZoneId.of("America/Santiago"), new EnumMap<>(media), models, 15, portBase, data, 0);
    }

    /** Starts a simulator with a clock of the test's own. */
    static Simulator start(Path data, int meters, Map<Medium, Integer> media, int pdu, Clock clock) throws IOException {
        return start(settings(data, meters, 20_000, media), pdu, clock, Map.of());
    }

    /** Starts a simulator whose meters are of one model each, in equal shares. */
    static Simulator start(
            Path data, int meters, Map<Medium, Integer> media, List<MeterModel> models, int pdu, Clock clock)
            throws IOException {
        return start(data, meters, media, models, pdu, clock, Map.of());
    }

    /** The same over modelled media. */
    static Simulator start(
            Path data,
            int meters,
            Map<Medium, Integer> media,
            List<MeterModel> models,
            int pdu,
            Clock clock,
            Map<Medium, Preset> air)
            throws IOException {
        Map<MeterModel, Integer> shares = new EnumMap<>(MeterModel.class);
        models.forEach(model -> shares.put(model, 100));
        FleetSettings s = settings(data, meters, 20_000, media);
        FleetSettings own = new FleetSettings(
                s.seed(), meters, 45, s.zone(), s.media(), shares, s.lineSize(), s.portBase(), data, 0);
        return start(own, pdu, clock, air);
    }

    private static Simulator start(FleetSettings s, int pdu, Clock clock, Map<Medium, Preset> air) throws IOException {
        IOException last = null;
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                FleetSettings moved = new FleetSettings(
                        s.seed(),
                        s.meters(),
                        s.bufferDays(),
                        s.zone(),
                        s.media(),
                        s.models(),
                        s.lineSize(),
                        freeBlock(),
                        s.data(),
                        s.counterStart());
                return new Simulator(moved, pdu, clock, air);
            } catch (IOException e) {
                // Someone took a port between our look and our bind.
                last = e;
            }
        }
        throw last;
    }

    static int freeBlock() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int base = Math.min(first.getLocalPort() + 1, 65_000);
            for (int i = 0; i < BLOCK; i++) {
                held.add(new ServerSocket(base + i, 1, InetAddress.getLoopbackAddress()));
            }
            return base;
        } catch (java.net.BindException e) {
            return freeBlock();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    static Meter meter(Simulator simulator, Medium medium, MeterModel model) {
        return simulator.fleet().meters().stream()
                .filter(m -> m.spec().medium() == medium && m.spec().model() == model)
                .findFirst()
                .orElseThrow();
    }
}
