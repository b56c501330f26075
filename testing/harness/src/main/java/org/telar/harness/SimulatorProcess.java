package org.telar.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The meter simulator as a process, with its control connection. */
public final class SimulatorProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration LEDGER = Duration.ofSeconds(120);

    private final ManagedProcess process;
    private final SimulatorClient control;
    private final Path fleetFile;

    /**
     * What to simulate.
     *
     * @param bufferDays depth of the meters' profile buffers
     * @param mark environment of the process
     */
    public record Spec(
            int meters,
            int bufferDays,
            long seed,
            int portBase,
            Path data,
            Path clockFile,
            Path log,
            Map<String, String> mark) {}

    private SimulatorProcess(ManagedProcess process, SimulatorClient control, Path fleetFile) {
        this.process = process;
        this.control = control;
        this.fleetFile = fleetFile;
    }

    /** Starts it and returns when it serves. */
    public static SimulatorProcess start(Installation installation, Spec spec)
            throws HarnessException, InterruptedException {
        List<String> command = List.of(
                Installation.java().toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-jar",
                installation.simulatorJar().toString(),
                "--meters",
                Integer.toString(spec.meters()),
                "--days",
                Integer.toString(spec.bufferDays()),
                "--seed",
                Long.toString(spec.seed()),
                "--port-base",
                Integer.toString(spec.portBase()),
                "--data",
                spec.data().toString(),
                "--clock-file",
                spec.clockFile().toString());
        ManagedProcess process = ManagedProcess.start(
                new ManagedProcess.Spec("simulator", command, spec.mark(), spec.log(), l -> l.startsWith("READY")));
        try {
            process.awaitReady(START);
            return new SimulatorProcess(
                    process, new SimulatorClient(spec.portBase()), spec.data().resolve("fleet.csv"));
        } catch (IOException e) {
            process.close();
            throw new HarnessException(
                    HarnessException.UNEXPECTED, "The simulator's control port does not answer: " + e.getMessage(), e);
        } catch (HarnessException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    public ManagedProcess process() {
        return process;
    }

    /** Who the meters are. */
    public Fleet fleet() throws IOException {
        return Fleet.read(fleetFile);
    }

    /** These meters no longer answer, or answer again. */
    public void mute(Collection<String> meters, boolean mute) throws HarnessException {
        ObjectNode request = SimulatorClient.request().put("cmd", mute ? "mute" : "unmute");
        ArrayNode list = request.putArray("meters");
        meters.forEach(list::add);
        control.call(request, ANSWER);
    }

    /**
     * Writes what every meter truly held in (after, until].
     *
     * @param what {@code ledger} (profile) or {@code closings}
     * @return number of values
     */
    public long ledger(String what, Instant after, Instant until, Path file) throws HarnessException {
        ObjectNode request = SimulatorClient.request()
                .put("cmd", what)
                .put("from", after.toString())
                .put("to", until.toString())
                .put("file", file.toAbsolutePath().toString());
        return control.call(request, LEDGER).path("values").asLong();
    }

    /** Traffic by medium since the start or the last reset. */
    public JsonNode traffic() throws HarnessException {
        return control.call(SimulatorClient.request().put("cmd", "stats"), ANSWER)
                .path("media");
    }

    public void resetTraffic() throws HarnessException {
        control.call(SimulatorClient.request().put("cmd", "stats-reset"), ANSWER);
    }

    /** Any other command of its control socket. */
    public JsonNode control(JsonNode request) throws HarnessException {
        return control.call(request, LEDGER);
    }

    @Override
    public void close() {
        try {
            control.close();
        } catch (IOException e) {
            System.getLogger(SimulatorProcess.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
        }
        process.close();
    }
}
