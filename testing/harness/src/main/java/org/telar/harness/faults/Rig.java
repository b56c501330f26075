package org.telar.harness.faults;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.telar.harness.AgentProcess;
import org.telar.harness.Await;
import org.telar.harness.Centre;
import org.telar.harness.ClockControl;
import org.telar.harness.CollectorClient;
import org.telar.harness.CollectorProcess;
import org.telar.harness.Fleet;
import org.telar.harness.GatewayFiles;
import org.telar.harness.HarnessException;
import org.telar.harness.Installation;
import org.telar.harness.Launch;
import org.telar.harness.Leftovers;
import org.telar.harness.ManagedProcess;
import org.telar.harness.Ports;
import org.telar.harness.ProxyControl;
import org.telar.harness.SimulatorProcess;
import org.telar.harness.StatusFile;
import org.telar.harness.TcpFaultProxy;
import org.telar.harness.TelarSystem;
import org.telar.harness.TestPki;

/**
 * The system that faults strike: meters, agent, broker and collector, each a process of its own, with a proxy on every
 * line between them: agent to broker, collector to broker, collector to Legacy database. One thread; closing may come
 * from another.
 */
final class Rig implements AutoCloseable {
    /** The gateway of the agent, and one that only strangers speak as. */
    static final String GATEWAY = "gw-0001";

    static final String STRANGER = "gw-0002";
    static final ZoneId ZONE = ZoneId.of("America/Santiago");
    /** How long a batch may wait for the acknowledgement: short, so that rounds are short. */
    static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(5);

    /** The agent tells its state once a second. */
    static final long STATUS_MILLIS = 1500;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int BUFFER_DAYS = 45;

    private final Installation installation;
    private final Path data;
    private final Ports ports;
    private final TestPki pki;
    private final ClockControl clock;
    private final ClockControl agentClock;
    private final Map<String, String> mark;
    private final Set<String> registered = new LinkedHashSet<>();
    private final List<String> spares = new ArrayList<>();

    // Guarded by this: close() comes from a shutdown hook while a start may be under way.
    private final List<AutoCloseable> parts = new ArrayList<>();
    private boolean closed;

    private SimulatorProcess simulator;
    private ManagedProcess broker;
    private CollectorProcess collector;
    private AgentProcess agent;
    private TcpFaultProxy wan;
    private TcpFaultProxy centreLine;
    private TcpFaultProxy legacyLine;
    private MqttShim edgeShim;
    private MqttShim centreShim;
    private Centre centre;
    private Fleet fleet;
    private Instant began;
    private boolean hourly;

    /** Makes folder, authority and clocks, and ends what a run that was killed has left behind here. */
    Rig(Installation installation, Path data, Ports ports) throws HarnessException, IOException, InterruptedException {
        this.installation = installation;
        this.data = data;
        this.ports = ports;
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        Leftovers.end(TelarSystem.MARK, data.toString(), STOP);
        try {
            this.pki = TestPki.open(data.resolve("pki"));
        } catch (GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "no test authority: " + e.getMessage(), e);
        }
        this.clock = new ClockControl(data.resolve("clock.offset"));
        this.agentClock = new ClockControl(data.resolve("agent-clock.offset"));
        this.mark = Map.of(TelarSystem.MARK, data.toString());
    }

    /**
     * Starts everything; returns when the agent is linked.
     *
     * @param spareMeters meters that the agent reads and the centre does not know
     */
    void start(int meters, int spareMeters, long seed) throws HarnessException, IOException, InterruptedException {
        simulator = SimulatorProcess.start(
                installation,
                new SimulatorProcess.Spec(
                        meters + spareMeters,
                        BUFFER_DAYS,
                        seed,
                        ports.simulator(),
                        data.resolve("simulator"),
                        clock.file(),
                        log("simulator"),
                        mark));
        keep(simulator);
        fleet = simulator.fleet();
        startBroker();
        centreLine = keep(TcpFaultProxy.start(port(Line.CENTRE), port(Line.BROKER)));
        legacyLine = keep(TcpFaultProxy.start(port(Line.LEGACY), ports.database()));
        wan = keep(TcpFaultProxy.start(ports.wan(), port(Line.BROKER)));
        edgeShim = keep(MqttShim.start(port(Line.EDGE_SHIM), port(Line.BROKER), server(), gateway(GATEWAY)));
        centreShim = keep(MqttShim.start(port(Line.CENTRE_SHIM), port(Line.BROKER), server(), server()));
        keep(ProxyControl.start(port(Line.CONTROL), Map.of("wan", wan, "centre", centreLine, "legacy", legacyLine)));
        startCollector();
        register(spareMeters);
        began = LocalDate.ofInstant(clock.now(), ZONE).atStartOfDay(ZONE).toInstant();
        writeGateway();
        agent = AgentProcess.start(
                installation,
                new AgentProcess.Spec(
                        installation.hardwareProfile("simulated"),
                        gatewayFolder().resolve("agent.json"),
                        agentData(),
                        agentClock.file(),
                        log("agent"),
                        mark));
        keep(agent);
        awaitLink(START);
    }

    /** Ports of the block that are ours beside those of {@link Ports}. */
    private enum Line {
        BROKER,
        JMS,
        CENTRE,
        LEGACY,
        EDGE_SHIM,
        CENTRE_SHIM,
        CONTROL
    }

    private int port(Line line) {
        return ports.wan() + 1 + line.ordinal();
    }

    private void register(int spareCount) throws HarnessException, IOException, InterruptedException {
        centre = new Centre(collector.client());
        centre.registerGateway(GATEWAY);
        centre.registerGateway(STRANGER);
        // Spares: the last ones of the fleet.
        List<Fleet.SimulatedMeter> all = fleet.meters();
        for (Fleet.SimulatedMeter m : all) {
            boolean spare = all.indexOf(m) >= all.size() - spareCount;
            (spare ? spares : registered).add(m.number());
        }
        importMeters(registered);
    }

    /** Makes meters known to the centre. */
    void importMeters(Set<String> numbers) throws HarnessException, IOException, InterruptedException {
        StringBuilder csv = new StringBuilder();
        GatewayFiles.registryImport(GATEWAY, fleet).lines().forEach(line -> {
            String number = line.substring(0, line.indexOf(','));
            if (number.equals("meter") || numbers.contains(number)) {
                csv.append(line).append('\n');
            }
        });
        centre.importMeters(csv.toString());
        registered.addAll(numbers);
        spares.removeAll(numbers);
    }

    private void writeGateway() throws HarnessException, IOException {
        Path agentJson = GatewayFiles.write(
                gatewayFolder(), new GatewayFiles.Spec(GATEWAY, "localhost", ports.wan(), gateway(GATEWAY), 0), fleet);
        ObjectNode root = (ObjectNode) JSON.readTree(agentJson.toFile());
        root.putObject("components")
                .putObject("org.telar.uplink.mqtt")
                .put("acknowledgement.seconds", (int) ACKNOWLEDGEMENT.toSeconds())
                .put("back.off.min.millis", 500)
                .put("back.off.max.millis", 4000);
        JSON.writerWithDefaultPrettyPrinter().writeValue(agentJson.toFile(), root);
    }

    void startBroker() throws HarnessException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Installation.java().toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-jar",
                installation.collectorJar().toString()));
        command.add("--telar.data=" + brokerData());
        command.add("--telar.roles=broker");
        command.add("--telar.mqtt.address=127.0.0.1");
        command.add("--telar.mqtt.port=" + port(Line.BROKER));
        command.add("--telar.jms.port=" + port(Line.JMS));
        command.addAll(tls());
        broker = ManagedProcess.start(
                new ManagedProcess.Spec("broker", command, mark, log("broker"), l -> l.startsWith("READY")));
        keep(broker);
        broker.awaitReady(START);
    }

    private List<String> tls() throws HarnessException {
        TestPki.Identity identity = server();
        return List.of(
                "--telar.tls.key-store=" + identity.keyStore(),
                "--telar.tls.trust-store=" + identity.trustStore(),
                "--telar.tls.password-file=" + identity.passwordFile());
    }

    private void startCollector() throws HarnessException, IOException, InterruptedException {
        Path legacyPassword = passwords();
        List<String> arguments = List.of(
                "--telar.roles=collector",
                "--telar.mqtt.url=ssl://localhost:" + port(Line.CENTRE),
                "--telar.jms.url=" + jmsUrl(),
                "--telar.database.legacy-url=jdbc:postgresql://127.0.0.1:" + port(Line.LEGACY) + "/legacy",
                "--telar.database.legacy-password-file=" + legacyPassword,
                "--telar.integration.patience=2s",
                "--telar.integration.stable-for=200ms");
        collector = new CollectorProcess(
                installation,
                new CollectorProcess.Spec(collectorData(), ports, clock.file(), pki, server(), log("collector"), mark),
                new Launch(List.of(), Map.of(), arguments));
        keep(collector);
    }

    /** The passwords of the embedded databases, fixed before the first start: the Legacy is reached through a proxy. */
    private Path passwords() throws IOException {
        Path folder = Files.createDirectories(
                collectorData().resolve("postgres"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        StringBuilder text = new StringBuilder();
        String legacy = "";
        for (String role : List.of("smmc", "legacy", "telar_admin")) {
            String password = Long.toHexString(new java.security.SecureRandom().nextLong())
                    + Long.toHexString(new java.security.SecureRandom().nextLong());
            text.append(role).append('=').append(password).append('\n');
            legacy = role.equals("legacy") ? password : legacy;
        }
        secret(folder.resolve("passwords"), text.toString());
        return secret(data.resolve("legacy.password"), legacy);
    }

    private static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private String jmsUrl() throws HarnessException, IOException {
        TestPki.Identity identity = server();
        String password = Files.readString(identity.passwordFile()).strip();
        return "tcp://localhost:" + port(Line.JMS) + "?sslEnabled=true&keyStoreType=PKCS12&trustStoreType=PKCS12"
                + "&keyStorePath=" + encoded(identity.keyStore()) + "&keyStorePassword=" + password
                + "&trustStorePath=" + encoded(identity.trustStore()) + "&trustStorePassword=" + password;
    }

    private static String encoded(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8);
    }

    private TestPki.Identity server() throws HarnessException {
        try {
            return pki.server("collector");
        } catch (IOException | GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "no certificate for the centre: " + e, e);
        }
    }

    TestPki.Identity gateway(String id) throws HarnessException {
        try {
            return pki.gateway(id);
        } catch (IOException | GeneralSecurityException e) {
            throw new HarnessException(HarnessException.UNEXPECTED, "no certificate for " + id + ": " + e, e);
        }
    }

    // ---- the edge ----

    /** Starts the agent again; its old status is forgotten first, so that nobody believes it. */
    void startAgent(Launch launch) throws HarnessException, IOException, InterruptedException {
        Files.deleteIfExists(agentData().resolve("status.json"));
        agent.start(launch);
    }

    void killAgent() throws InterruptedException {
        agent.kill();
    }

    void stopAgent() throws HarnessException, InterruptedException {
        if (!agent.process().stop(STOP)) {
            throw new HarnessException(HarnessException.TIMEOUT, "the agent did not stop within 10 s of SIGTERM");
        }
    }

    void awaitLink(Duration deadline) throws HarnessException, InterruptedException {
        Await.untilTrue("the agent's link", deadline, () -> {
            agent.process().requireAlive();
            return Optional.of(status().linkUp());
        });
    }

    /** Waits until the agent says that the link is down. */
    void awaitLinkLost(Duration deadline) throws HarnessException, InterruptedException {
        Await.untilTrue("the agent to lose its link", deadline, () -> {
            agent.process().requireAlive();
            return Optional.of(!status().linkUp());
        });
    }

    StatusFile status() {
        return agent.status();
    }

    Path gatewayFolder() {
        return data.resolve("gateway");
    }

    Path agentData() {
        return gatewayFolder().resolve("data");
    }

    Path store() {
        return agentData().resolve("store");
    }

    /** Moves the time of everyone; the agent's own deviation stays. */
    void advance(Duration by) throws IOException, InterruptedException {
        agentClock.shift(by);
        clock.advance(by);
    }

    /** Moves the agent's clock alone. */
    void agentClock(Duration by) throws IOException, InterruptedException {
        agentClock.advance(by);
    }

    /** Agent and all others have the same time again. */
    void alignAgentClock() throws IOException, InterruptedException {
        agentClock.advance(clock.offset().minus(agentClock.offset()));
    }

    /** The edge loads by itself every hour, or only when it is told to. Needs a link; returns when the edge has heard. */
    void hourlyLoads(boolean on) throws HarnessException, IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("zone", ZONE.getId());
        var activities = body.putArray("activities");
        if (on) {
            activities.addObject().put("name", "hourly").put("type", "N2PLOAD").put("everyMinutes", 60);
        }
        String log = Files.readString(log("agent"));
        int heard = log.length();
        CollectorClient.require(
                "the agenda", collector.client().putJson("/api/v1/gateways/" + GATEWAY + "/agenda", body));
        Await.untilTrue("the agent to hear of its agenda", START, () -> {
            try {
                return Optional.of(
                        Files.readString(log("agent")).substring(heard).contains("AGENDA_CHANGED"));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
        hourly = on;
    }

    /** Id of the hourly load that was due last by the common clock. */
    String hourlyLoad() {
        return "hourly-" + GATEWAY + "-"
                + DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(clock.now().truncatedTo(ChronoUnit.HOURS));
    }

    /** Waits until no load is under way, and none is about to be told of. */
    void awaitIdle() throws HarnessException, InterruptedException {
        Thread.sleep(STATUS_MILLIS);
        Await.untilTrue("the agent's loads to end", START, () -> {
            agent.process().requireAlive();
            return Optional.of(loads(false).isEmpty());
        });
    }

    boolean loadsHourly() {
        return hourly;
    }

    /** Ids of the agent's loads: those that run, or those that have ended. */
    Set<String> loads(boolean ended) {
        Set<String> ids = new LinkedHashSet<>();
        for (var run : status().read().path("runs")) {
            if (run.path("ended").asBoolean() == ended) {
                ids.add(run.path("id").asText());
            }
        }
        return ids;
    }

    // ---- the centre ----

    void killBroker() throws InterruptedException {
        broker.kill();
    }

    /** Everything up and joined as at the start, whatever a round left behind. Cheap when all is well. */
    void repair() throws HarnessException, IOException, InterruptedException {
        for (TcpFaultProxy proxy : List.of(wan, centreLine, legacyLine)) {
            proxy.calm();
            proxy.restore();
        }
        edgeShim.filter(MqttShim.Filter.PASS);
        centreShim.filter(MqttShim.Filter.PASS);
        if (!broker.isAlive()) {
            startBroker();
        }
        if (!collector.process().isAlive()) {
            collector.start();
        }
        if (!agent.process().isAlive()) {
            startAgent(Launch.PLAIN);
        }
        awaitLink(START);
    }

    Path brokerData() {
        return data.resolve("broker");
    }

    Path collectorData() {
        return data.resolve("collector");
    }

    Path data() {
        return data;
    }

    Installation installation() {
        return installation;
    }

    SimulatorProcess simulator() {
        return simulator;
    }

    ManagedProcess broker() {
        return broker;
    }

    CollectorProcess collector() {
        return collector;
    }

    AgentProcess agent() {
        return agent;
    }

    TcpFaultProxy wan() {
        return wan;
    }

    TcpFaultProxy centreLine() {
        return centreLine;
    }

    TcpFaultProxy legacyLine() {
        return legacyLine;
    }

    /** Puts the shim into the agent's link; {@link #unshimEdge} takes it out. */
    void shimEdge(MqttShim.Filter filter) {
        edgeShim.filter(filter);
        wan.retarget(edgeShim.port());
    }

    /** What the shim that is in does from now on. */
    void shimFilter(MqttShim.Filter filter) {
        edgeShim.filter(filter);
    }

    void unshimEdge() {
        wan.retarget(port(Line.BROKER));
        edgeShim.resetAll();
    }

    void shimCentre(MqttShim.Filter filter) {
        centreShim.filter(filter);
        centreLine.retarget(centreShim.port());
    }

    void shimCentreFilter(MqttShim.Filter filter) {
        centreShim.filter(filter);
    }

    void unshimCentre() {
        centreLine.retarget(port(Line.BROKER));
        centreShim.resetAll();
    }

    int databasePort() {
        return ports.database();
    }

    int brokerPort() {
        return port(Line.BROKER);
    }

    Centre centre() {
        return centre;
    }

    ClockControl clock() {
        return clock;
    }

    /** Numbers of all meters that the agent reads. */
    List<String> meters() {
        return fleet.meters().stream().map(Fleet.SimulatedMeter::number).toList();
    }

    /** Numbers of the meters whose values are expected. */
    Set<String> registered() {
        return Set.copyOf(registered);
    }

    /** Meters that the centre does not know. */
    List<String> spares() {
        return List.copyOf(spares);
    }

    /** The local midnight from which the agent collects. */
    Instant began() {
        return began;
    }

    Path log(String name) {
        return data.resolve("logs").resolve(name + ".log");
    }

    private <T extends AutoCloseable> T keep(T part) throws HarnessException {
        synchronized (this) {
            if (!closed) {
                parts.add(part);
                return part;
            }
        }
        close(part);
        throw new HarnessException(130, "interrupted");
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Ends everything, also from a shutdown hook. Data stays. */
    @Override
    public void close() {
        List<AutoCloseable> all;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            all = new ArrayList<>(parts);
        }
        java.util.Collections.reverse(all);
        all.forEach(Rig::close);
        try {
            Leftovers.end(TelarSystem.MARK, data.toString(), STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.getLogger(Rig.class.getName()).log(System.Logger.Level.WARNING, "stopping " + part, e);
        }
    }
}
