package org.telar.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.ManagedProcess;
import org.telar.harness.Ports;
import org.telar.harness.SimulatorClient;

/** The meter simulator as a process of its own, on free ports, with the options that a test needs. */
final class SimulatedMeters implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final ManagedProcess process;
    private final SimulatorClient control;
    private final Path data;

    private SimulatedMeters(ManagedProcess process, SimulatorClient control, Path data) {
        this.process = process;
        this.control = control;
        this.data = data;
    }

    static SimulatedMeters start(Path data, String... options) throws Exception {
        Ports ports = Ports.freeBlock();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString(),
                "--data",
                data.toString(),
                "--port-base",
                Integer.toString(ports.simulator())));
        command.addAll(List.of(options));
        ManagedProcess process = ManagedProcess.start(new ManagedProcess.Spec(
                "simulator", command, Map.of(), data.resolve("simulator.log"), l -> l.startsWith("READY")));
        try {
            process.awaitReady(START);
            return new SimulatedMeters(process, new SimulatorClient(ports.simulator()), data);
        } catch (Exception e) {
            process.close();
            throw e;
        }
    }

    private static Path jar() throws IOException {
        Path folder = Path.of("..", "meter-simulator", "target");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().endsWith("-all.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no simulator in " + folder.toAbsolutePath()));
        }
    }

    /** The rows of fleet.csv by column name. */
    List<Map<String, String>> fleet() throws IOException {
        return table(data.resolve("fleet.csv"));
    }

    static List<Map<String, String>> table(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String[] header = lines.get(0).split(",", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < header.length; i++) {
                row.put(header[i], cells[i]);
            }
            rows.add(row);
        }
        return rows;
    }

    /** What all meters truly hold, by meter number: {@code ledger} or {@code closings}, lines of the file. */
    Map<String, List<String>> truth(String what, Instant from, Instant to) throws Exception {
        Path file = data.resolve(what + "-" + from.getEpochSecond() + ".csv");
        call(SimulatorClient.request()
                .put("cmd", what)
                .put("from", from.toString())
                .put("to", to.toString())
                .put("file", file.toString()));
        Map<String, List<String>> byMeter = new HashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(1, lines.size())) {
            byMeter.computeIfAbsent(line.substring(0, line.indexOf(',')), m -> new ArrayList<>())
                    .add(line);
        }
        return byMeter;
    }

    JsonNode call(ObjectNode request) throws Exception {
        return control.call(request, ANSWER);
    }

    @Override
    public void close() throws IOException {
        control.close();
        process.close();
    }
}
