package org.telar.simulator;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.telar.simulator.air.Preset;
import org.telar.simulator.control.Commands;
import org.telar.simulator.control.ControlServer;
import org.telar.simulator.control.Json;
import org.telar.simulator.fleet.Fleet;
import org.telar.simulator.fleet.FleetFile;
import org.telar.simulator.fleet.FleetSettings;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.media.Emulator;
import org.telar.simulator.media.Media;
import org.telar.simulator.media.Traffic;

/** A running simulator: fleet, wires and control socket. Serves from construction to {@link #close}. */
public final class Simulator implements Closeable {
    private final FleetSettings settings;
    private final Fleet fleet;
    private final Traffic traffic = new Traffic();
    private final Commands commands;
    private final ControlServer control;
    private final Media media;
    private final Path fleetFile;

    /**
     * Starts serving.
     *
     * @param settings the fleet
     * @param pdu largest APDU, bytes
     * @param clock time that the meters' clocks follow
     * @throws IOException with a sentence for people: a port in use, a data folder that cannot be written
     */
    public Simulator(FleetSettings settings, int pdu, Clock clock) throws IOException {
        this(settings, pdu, clock, Map.of());
    }

    /**
     * Starts serving over modelled media.
     *
     * @param models media that are slow and lossy
     * @throws IOException with a sentence for people
     */
    public Simulator(FleetSettings settings, int pdu, Clock clock, Map<Medium, Preset> models) throws IOException {
        this.settings = settings;
        this.fleet = Fleet.build(settings, clock);
        this.commands = new Commands(fleet, traffic);
        Files.createDirectories(settings.data());
        this.fleetFile = settings.data().resolve("fleet.csv");
        // The ports first: a second simulator must not spoil the files of the first.
        this.control = new ControlServer(settings.portBase(), commands);
        try {
            Emulator emulator = new Emulator(models, settings.seed());
            this.media = Media.open(fleet, settings, pdu, traffic, emulator);
            commands.wires(media, emulator);
        } catch (IOException e) {
            control.close();
            throw e;
        }
        FleetFile.write(fleetFile, fleet);
    }

    /** All meters. */
    public Fleet fleet() {
        return fleet;
    }

    /** What the control socket runs. */
    public Commands commands() {
        return commands;
    }

    /** One JSON object that says what is served where. */
    public String ready() {
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("control", settings.portBase());
        ready.put("wrapper", settings.portBase() + 1);
        ready.put("hdlc_tcp_lines", fleet.lines(Medium.HDLC_TCP));
        ready.put("pty_lines", fleet.lines(Medium.PTY));
        List.of(Medium.UDP, Medium.GATEWAY, Medium.PRIME).forEach(medium -> {
            if (fleet.meters().stream().anyMatch(m -> m.spec().medium() == medium)) {
                ready.put(medium.text(), settings.portBase() + settings.portOf(medium));
            }
        });
        ready.put("iec21_meters", settings.iec21());
        ready.put("meters", fleet.meters().size());
        ready.put("seed", settings.seed());
        ready.put("fleet", fleetFile.toAbsolutePath());
        return Json.write(ready);
    }

    @Override
    public void close() throws IOException {
        control.close();
        media.close();
    }
}
