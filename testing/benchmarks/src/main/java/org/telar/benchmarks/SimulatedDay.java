package org.telar.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.telar.harness.Fleet;
import org.telar.harness.Fleet.SimulatedMeter;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;
import org.telar.harness.ManagedProcess;
import org.telar.harness.Ports;
import org.telar.harness.SimulatorClient;

/** A few simulated meters with a PDU of choice, and what they hold of one whole local day of 24 hours. */
final class SimulatedDay implements AutoCloseable {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final ManagedProcess process;
    private final SimulatorClient control;
    private final Path data;
    private final Fleet fleet;
    private final Instant from;
    private final Instant to;

    private SimulatedDay(ManagedProcess process, SimulatorClient control, Path data) throws IOException {
        this.process = process;
        this.control = control;
        this.data = data;
        this.fleet = Fleet.read(data.resolve("fleet.csv"));
        ZonedDateTime midnight = ZonedDateTime.now(ZONE).truncatedTo(ChronoUnit.DAYS);
        // Rows of the last minutes may be captured while a run goes on; days of a clock change have other sizes.
        while (Duration.between(midnight.minusDays(1), midnight).toHours() != 24
                || Duration.between(midnight, ZonedDateTime.now(ZONE)).toMinutes() < 20) {
            midnight = midnight.minusDays(1);
        }
        this.from = midnight.minusDays(1).toInstant();
        this.to = midnight.toInstant();
    }

    static SimulatedDay start(Installation installation, Path data, long seed, int pdu)
            throws HarnessException, IOException, InterruptedException {
        Ports ports = Ports.freeBlock();
        Files.createDirectories(data);
        ManagedProcess process = ManagedProcess.start(new ManagedProcess.Spec(
                "simulator",
                List.of(
                        Installation.java().toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-jar",
                        installation.simulatorJar().toString(),
                        "--data",
                        data.toString(),
                        "--port-base",
                        Integer.toString(ports.simulator()),
                        "--seed",
                        Long.toString(seed),
                        "--meters",
                        "20",
                        "--mix",
                        "wrapper=60,hdlc-tcp=40",
                        "--models",
                        "A=40,G=30,M=30",
                        "--pdu",
                        Integer.toString(pdu)),
                Map.of(),
                data.resolve("simulator.log"),
                l -> l.startsWith("READY")));
        try {
            process.awaitReady(START);
            return new SimulatedDay(process, new SimulatorClient(ports.simulator()), data);
        } catch (IOException | HarnessException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    Instant from() {
        return from;
    }

    Instant to() {
        return to;
    }

    SimulatedMeter meter(String medium, String model) throws HarnessException {
        return fleet.meters().stream()
                .filter(m -> m.medium().equals(medium) && m.model().equals(model))
                .findFirst()
                .orElseThrow(() -> new HarnessException(
                        HarnessException.UNEXPECTED, "the simulator has no meter " + model + " on " + medium));
    }

    static InetSocketAddress address(SimulatedMeter meter) {
        URI endpoint = URI.create(meter.endpoint());
        return new InetSocketAddress(endpoint.getHost(), endpoint.getPort());
    }

    /** The meter holds only so many of its newest profile rows. */
    void keepRows(SimulatedMeter meter, int rows) throws HarnessException {
        control.call(
                SimulatorClient.request()
                        .put("cmd", "buffer-rows")
                        .put("meter", Integer.parseInt(meter.number()))
                        .put("rows", rows),
                ANSWER);
    }

    /** What a meter holds of the day: {@code channel,time,value} of its rows and {@code ...,occurred} of its closing. */
    TreeSet<String> truth(SimulatedMeter meter) throws HarnessException, IOException {
        TreeSet<String> lines = new TreeSet<>();
        for (String what : List.of("ledger", "closings")) {
            Path file = data.resolve(what + ".csv");
            control.call(
                    SimulatorClient.request()
                            .put("cmd", what)
                            .put("from", from.toString())
                            .put("to", to.toString())
                            .put("file", file.toAbsolutePath().toString()),
                    ANSWER);
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(meter.number() + ",")) {
                    lines.add(line.substring(line.indexOf(',') + 1, line.lastIndexOf(',')));
                }
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        control.close();
        process.close();
    }
}
