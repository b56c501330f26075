package org.telar.e2e;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.MeterDriver;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Column;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.OffGridRow;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.api.platform.GatewayIdentity;
import org.telar.harness.SimulatorClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The real driver over real channels against the simulator, which has another DLMS stack: what is read equals what the
 * meters hold, value by value.
 */
@Timeout(120)
class MeterReadTest {
    private static final Instant NOW = Instant.now();
    private static final Instant TO = NOW.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    private static final Instant FROM = TO.minus(1, ChronoUnit.DAYS);
    private static final ReadRequest METER_DAY = new ReadRequest(
            List.of(new TimeRange(FROM, TO)),
            List.of(new TimeRange(FROM, TO)),
            List.of(),
            true,
            List.of(Obis.ERROR_REGISTER, Obis.ALARM_REGISTER));

    private static final Obis STANDARD_LOG = Obis.parse("0.0.99.98.0");

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;
    private static Map<String, List<String>> ledger;
    private static Map<String, List<String>> closings;

    @BeforeAll
    static void start() throws Exception {
        simulator = SimulatedMeters.start(
                folder,
                "--meters",
                "48",
                "--mix",
                "wrapper=40,hdlc-tcp=30,pty=30",
                "--models",
                "A=40,B=25,C=25,D=10",
                "--line-size",
                "5");
        fleet = simulator.fleet();
        ledger = simulator.truth("ledger", FROM, TO);
        closings = simulator.truth("closings", FROM, TO);
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static final Reader.Counters COUNTERS = new Reader.Counters();

    /** A reader that knows what the agent has used of invocation counters. */
    private static Reader reader() {
        return new Reader(COUNTERS);
    }

    private static Map<String, String> one(String medium, String model) {
        return fleet.stream()
                .filter(m -> m.get("medium").equals(medium) && m.get("model").startsWith(model))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("R02 R42 D3 D5 D7 D18: every meter of every medium and model, both channel kinds, equals the ledger")
    void allMedia() throws Exception {
        try (Reader reader = reader()) {
            for (Map<String, String> meter : fleet) {
                MeterReadout readout = reader.read(meter, METER_DAY);
                String number = meter.get("meter");
                assertThat(Truth.profile(number, readout))
                        .as("profile of %s", meter)
                        .containsExactlyInAnyOrderElementsOf(ledger.get(number));
                assertThat(Truth.closings(number, readout))
                        .as("closings of %s", meter)
                        .containsExactlyInAnyOrderElementsOf(closings.getOrDefault(number, List.of()));
                assertThat(readout.identity()).isEqualTo(meter.get("identity"));
                assertThat(readout.statusWords()).hasSize(2);
                assertThat(Duration.between(readout.clock().orElseThrow(), readout.readAt())
                                .abs())
                        .isLessThan(Duration.ofSeconds(3));
            }
        }
    }

    @Test
    @DisplayName("R89 D18: billing closings and event logs of every model equal the ledger, by range and by entry")
    void billingAndLogs() throws Exception {
        TimeRange months = new TimeRange(NOW.minus(100, ChronoUnit.DAYS), NOW.minus(1, ChronoUnit.DAYS));
        Map<String, List<String>> billing = simulator.truth("billing", months.from(), months.to());
        Map<String, List<String>> events = simulator.truth("events", months.from(), months.to());
        try (Reader reader = reader()) {
            for (String model : List.of("TLR-A1", "TLR-B2", "TLR-C1")) {
                Map<String, String> meter = one("wrapper", model);
                String number = meter.get("meter");
                MeterReadout closings = reader.read(meter, ReadRequest.billing(List.of(months)));
                assertThat(Truth.billing(number, closings))
                        .as(model)
                        .hasSizeGreaterThan(8)
                        .containsExactlyInAnyOrderElementsOf(billing.get(number));
                MeterReadout logs = reader.read(meter, ReadRequest.logs(List.of(new LogRange(STANDARD_LOG, months))));
                assertThat(Truth.events(number, logs))
                        .as(model)
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(events.get(number));
            }
        }
    }

    @Test
    @DisplayName(
            "R89: instantaneous values; a register that the model does not have is left out, none at all is refused")
    void instantaneous() throws Exception {
        Obis voltage = Obis.parse("1.0.32.7.0");
        Obis third = Obis.parse("1.0.72.7.0");
        Map<String, String> meter = one("wrapper", "TLR-A1");
        try (Reader reader = reader()) {
            for (int visit = 0; visit < 2; visit++) {
                MeterReadout readout = reader.read(meter, registers(voltage, third));
                assertThat(readout.registers()).singleElement().satisfies(set -> assertThat(set.values())
                        .singleElement()
                        .satisfies(v -> {
                            assertThat(v.register()).isEqualTo(voltage);
                            assertThat(v.value()).isBetween(2_250L, 2_300L);
                            assertThat(v.unit()).isEqualTo(new Unit(-1, 35));
                        }));
            }
            assertThatThrownBy(() -> reader.read(meter, registers(third)))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.UNSUPPORTED));
        }
    }

    private static ReadRequest registers(Obis... objects) {
        return new ReadRequest(List.of(), List.of(), List.of(objects), true, List.of());
    }

    @Test
    @DisplayName("D14: a meter-day needs at most 7 round trips at PDU 1024 once the model is known, on every medium")
    void roundTrips() throws Exception {
        try (Reader reader = reader()) {
            for (String medium : List.of("wrapper", "hdlc-tcp", "pty")) {
                Map<String, String> meter = one(medium, "TLR-A1");
                reader.read(meter, METER_DAY);
                assertThat(reader.read(meter, METER_DAY).roundTrips())
                        .as(medium)
                        .isBetween(1, 6);
            }
        }
    }

    @Test
    @DisplayName("D8: an agent that forgot its counter resynchronises through the public client; two trips, one retry")
    void forgottenCounter() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp")) {
            Map<String, String> meter = one(medium, "TLR-A1");
            try (Reader first = reader();
                    Reader forgetful = new Reader()) {
                first.counters.atLeast(new MeterId(meter.get("meter")), 5_000);
                first.read(meter, ReadRequest.probe());
                MeterReadout readout = forgetful.read(meter, ReadRequest.probe());
                assertThat(readout.identity()).isEqualTo(meter.get("identity"));
                assertThat(forgetful.counters.next.get(new MeterId(meter.get("meter"))))
                        .isGreaterThan(5_000);
            }
        }
    }

    @Test
    @DisplayName("R80 D13: a wrong password or key is AUTH_FAILED, never a lower security")
    void wrongKeys() throws Exception {
        for (Map<String, String> meter : List.of(one("wrapper", "TLR-B2"), one("wrapper", "TLR-A1"))) {
            Map<String, String> stranger = new java.util.HashMap<>(meter);
            stranger.put("password", "00".repeat(8));
            stranger.put("gek", meter.get("gek").isEmpty() ? "" : "00".repeat(16));
            try (Reader reader = reader()) {
                assertThatThrownBy(() -> reader.read(stranger, ReadRequest.probe()))
                        .isInstanceOfSatisfying(
                                MeterException.class,
                                e -> assertThat(e.ko()).as(meter + ": " + e).isEqualTo(Ko.AUTH_FAILED));
            }
        }
    }

    @Test
    @DisplayName("D1: two meters that swapped addresses are told apart before anything of them is returned")
    void swapped() throws Exception {
        List<Map<String, String>> lls = fleet.stream()
                .filter(m -> m.get("auth").equals("LLS") && m.get("medium").equals("wrapper"))
                .toList();
        Map<String, String> mine = lls.get(0);
        Map<String, String> other = new java.util.HashMap<>(lls.get(1));
        other.put("identity", mine.get("identity"));
        try (Reader reader = reader()) {
            assertThatThrownBy(() -> reader.read(other, METER_DAY))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY));
        }
    }

    @Test
    @DisplayName("R44 F22: a mute meter is METER_SILENT within its timeouts, its neighbours on the line are read")
    void mute() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp", "pty")) {
            List<Map<String, String>> line = fleet.stream()
                    .filter(m -> m.get("endpoint").equals(one(medium, "TLR-A1").get("endpoint")))
                    .toList();
            Map<String, String> silent = line.get(0);
            var request = SimulatorClient.request().put("cmd", "mute");
            request.putArray("meters").add(silent.get("meter"));
            simulator.call(request);
            try (Reader reader = reader()) {
                long before = System.nanoTime();
                assertThatThrownBy(() -> reader.associate(
                                silent, Reader.keys(silent), Map.of(), Airtime.FREE, Duration.ofMillis(600)))
                        .isInstanceOfSatisfying(
                                MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_SILENT));
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
                assertThat(reader.read(line.get(1), ReadRequest.probe()).identity())
                        .isEqualTo(line.get(1).get("identity"));
            } finally {
                simulator.call(request.deepCopy().put("cmd", "unmute"));
            }
        }
    }

    @Test
    @DisplayName("D14: round trips of a meter-day by PDU: 22 at 256 bytes, one at 64 K; the values are the same")
    void pduSizes(@TempDir Path other) throws Exception {
        Map<String, Integer> most = Map.of("256", 23, "65535", 1);
        for (String pdu : most.keySet()) {
            try (SimulatedMeters small = SimulatedMeters.start(
                            other.resolve(pdu), "--meters", "4", "--models", "A=100", "--pdu", pdu);
                    Reader reader = new Reader()) {
                Map<String, List<String>> truth = small.truth("ledger", FROM, TO);
                for (Map<String, String> meter : small.fleet()) {
                    reader.read(meter, METER_DAY);
                    MeterReadout readout = reader.read(meter, METER_DAY);
                    assertThat(readout.roundTrips()).as("PDU %s", pdu).isBetween(1, most.get(pdu));
                    assertThat(Truth.profile(meter.get("meter"), readout))
                            .containsExactlyInAnyOrderElementsOf(truth.get(meter.get("meter")));
                }
            }
        }
    }

    @Test
    @DisplayName("R41: HDLC frames of 128 bytes carry the same values, HLS5 association included")
    void smallFrames() throws Exception {
        try (Reader reader = reader()) {
            for (String medium : List.of("hdlc-tcp", "pty")) {
                Map<String, String> meter = one(medium, "TLR-A1");
                MeterReadout readout = reader.read(meter, METER_DAY, Map.of("hdlc-frame", "128"));
                assertThat(Truth.profile(meter.get("meter"), readout))
                        .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
            }
        }
    }

    @Test
    @DisplayName("R42: a model that cannot select by range is read by entry, with the same values")
    void byEntry() throws Exception {
        try (Reader reader = reader()) {
            Map<String, String> meter = one("wrapper", "TLR-C1");
            reader.notes.map.put("dlms/TLR-C1/firmware", "C.00.31");
            reader.notes.map.put("dlms/TLR-C1/C.00.31/by-entry/" + Obis.LOAD_PROFILE, "yes");
            MeterReadout readout = reader.read(meter, METER_DAY);
            assertThat(Truth.profile(meter.get("meter"), readout))
                    .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
            assertThat(Truth.closings(meter.get("meter"), readout))
                    .containsExactlyInAnyOrderElementsOf(closings.getOrDefault(meter.get("meter"), List.of()));
        }
    }

    @Test
    @DisplayName("D4 F28: a power cut leaves missing slots and a row off the grid, no zero; the future is not read")
    void powerCut() throws Exception {
        Map<String, String> meter = one("hdlc-tcp", "TLR-C1");
        Instant from = FROM.minus(5, ChronoUnit.DAYS);
        Instant cutFrom = from.plus(3, ChronoUnit.HOURS);
        Instant cutTo = cutFrom.plus(67, ChronoUnit.MINUTES);
        simulator.call(SimulatorClient.request()
                .put("cmd", "power-cut")
                .put("meter", meter.get("meter"))
                .put("from", cutFrom.toString())
                .put("to", cutTo.toString()));
        Instant future = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(2, ChronoUnit.HOURS);
        TimeRange past = new TimeRange(from, from.plus(1, ChronoUnit.DAYS));
        TimeRange ahead = new TimeRange(future.minus(1, ChronoUnit.HOURS), future);
        ReadRequest request = new ReadRequest(List.of(past, ahead), List.of(), List.of(), true, List.of());
        try (Reader reader = reader()) {
            MeterReadout readout = reader.read(meter, request);
            assertThat(Truth.profile(meter.get("meter"), readout))
                    .containsExactlyInAnyOrderElementsOf(
                            simulator.truth("ledger", past.from(), past.to()).get(meter.get("meter")));
            ProfileBlock block = readout.profiles().get(0);
            assertThat(block.slots()).isEqualTo(96);
            assertThat(block.offGrid()).extracting(OffGridRow::at).containsExactly(cutTo);
            for (int i = 0; i < block.slots(); i++) {
                boolean cut = block.endOf(i).isAfter(cutFrom) && !block.endOf(i).isAfter(cutTo);
                assertThat(block.status()[i] == ProfileBlock.MISSING).isEqualTo(cut);
                assertThat(block.columns().get(0).values()[i] == Column.ABSENT).isEqualTo(cut);
            }
            assertThat(readout.profiles().get(1).status()).containsOnly(ProfileBlock.NOT_READ);
        }
    }

    @Test
    @DisplayName("R42: a model whose rows changed shape is learned again within the visit")
    void changedShape() throws Exception {
        try (Reader reader = reader()) {
            Map<String, String> meter = one("wrapper", "TLR-B2");
            reader.read(meter, METER_DAY);
            String key = "dlms/TLR-B2/B.02.07/profile/" + Obis.LOAD_PROFILE;
            String right = reader.notes.map.get(key);
            reader.notes.map.put(key, right.substring(0, right.lastIndexOf('|')));
            MeterReadout readout = reader.read(meter, METER_DAY);
            assertThat(Truth.profile(meter.get("meter"), readout))
                    .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
            assertThat(reader.notes.map).containsEntry(key, right);
        }
    }

    @Test
    @DisplayName("R42: what is known holds for one firmware; a meter with another one is learned apart")
    void anotherFirmware() throws Exception {
        try (Reader reader = reader()) {
            Map<String, String> meter = one("wrapper", "TLR-B2");
            String number = meter.get("meter");
            reader.notes.map.put("dlms/TLR-B2/firmware", "B.01.00");
            reader.notes.map.put(
                    "dlms/TLR-B2/B.01.00/profile/" + Obis.LOAD_PROFILE,
                    "1|1.0.99.1.0.255|900|4320|8,0.0.1.0.0.255,2,0|1,0.0.96.10.1.255,2,0|3,1.0.1.8.0.255,2,0,3,30"
                            + "|3,1.0.2.8.0.255,2,0,3,30|3,1.0.5.8.0.255,2,0,3,32|3,1.0.6.8.0.255,2,0,3,32"
                            + "|3,1.0.7.8.0.255,2,0,3,32|3,1.0.8.8.0.255,2,0,3,32");
            reader.notes.map.put("dlms/TLR-B2/B.01.00/stamp", "START");
            reader.notes.map.put("dlms/TLR-B2/B.01.00/deviation", "NORMAL");
            assertThat(Truth.profile(number, reader.read(meter, METER_DAY)))
                    .as("scaler and stamp of the other firmware are not used")
                    .containsExactlyInAnyOrderElementsOf(ledger.get(number));
            assertThat(reader.read(meter, METER_DAY).roundTrips()).isLessThanOrEqualTo(6);
        }
    }

    @Test
    @DisplayName("D2 R03: a clock is shifted and set, with normal, inverted and no deviation; read back right")
    void clock() throws Exception {
        try (Reader reader = reader()) {
            for (String model : List.of("TLR-A1", "TLR-B2", "TLR-C1", "TLR-D1")) {
                Map<String, String> meter = fleet.stream()
                        .filter(m -> m.get("model").equals(model))
                        .reduce((a, b) -> b)
                        .orElseThrow();
                simulator.call(SimulatorClient.request()
                        .put("cmd", "drift")
                        .put("meter", meter.get("meter"))
                        .put("seconds", 120));
                try (MeterSession session = reader.associate(meter, Reader.keys(meter), Map.of())) {
                    assertThat(offset(session)).isBetween(115L, 125L);
                    session.shiftClock(Duration.ofSeconds(-120));
                    assertThat(offset(session)).isBetween(-5L, 5L);
                    session.setClock(Instant.now().plusSeconds(300));
                    assertThat(offset(session)).isBetween(295L, 305L);
                    session.setClock(Instant.now());
                    assertThat(offset(session)).isBetween(-5L, 5L);
                } finally {
                    simulator.call(SimulatorClient.request()
                            .put("cmd", "drift")
                            .put("meter", meter.get("meter"))
                            .put("seconds", 0));
                }
            }
        }
    }

    private static long offset(MeterSession session) throws MeterException {
        MeterReadout probe = session.read(ReadRequest.probe());
        return Duration.between(probe.readAt(), probe.clock().orElseThrow()).toSeconds();
    }

    @Test
    @DisplayName("D14 R41: several jobs share a line, one exchange at a time, interleaved at block boundaries")
    void sharedLine() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp", "pty")) {
            String endpoint = one(medium, "TLR-A1").get("endpoint");
            List<Map<String, String>> line = fleet.stream()
                    .filter(m -> m.get("endpoint").equals(endpoint))
                    .limit(3)
                    .toList();
            Semaphore medium1 = new Semaphore(1, true);
            Airtime airtime = () -> {
                medium1.acquireUninterruptibly();
                AtomicBoolean held = new AtomicBoolean(true);
                return () -> {
                    if (held.getAndSet(false)) {
                        medium1.release();
                    }
                };
            };
            ExecutorService jobs = Executors.newFixedThreadPool(line.size());
            try (Reader reader = reader()) {
                reader.channel(endpoint);
                List<Future<List<String>>> results = new ArrayList<>();
                for (Map<String, String> meter : line) {
                    results.add(jobs.submit(() -> {
                        try (MeterSession session =
                                reader.associate(meter, Reader.keys(meter), Map.of(), airtime, Reader.TIMEOUT)) {
                            return Truth.profile(meter.get("meter"), session.read(METER_DAY));
                        }
                    }));
                }
                for (int i = 0; i < line.size(); i++) {
                    assertThat(results.get(i).get(60, TimeUnit.SECONDS))
                            .containsExactlyInAnyOrderElementsOf(
                                    ledger.get(line.get(i).get("meter")));
                }
            } finally {
                jobs.shutdownNow();
            }
        }
    }

    @Test
    @DisplayName(
            "the OSGi artefact holds all that it needs: a ciphered meter is read with nothing else on the class path")
    void bundleIsComplete() throws Exception {
        Path target = Path.of("..", "..", "bundles", "meter-dlms", "target");
        Path bundle;
        try (Stream<Path> files = Files.list(target)) {
            bundle = files.filter(f -> f.getFileName().toString().endsWith("-bundle.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        ClassLoader platform = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.startsWith("org.telar.api.") || name.startsWith("org.slf4j.")) {
                    return MeterReadTest.class.getClassLoader().loadClass(name);
                }
                throw new ClassNotFoundException(name);
            }
        };
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {bundle.toUri().toURL()}, platform);
                Reader reader = reader()) {
            Class<?> type = loader.loadClass("org.telar.meter.dlms.internal.DlmsMeterDriver");
            assertThat(type.getClassLoader()).isSameAs(loader);
            GatewayIdentity identity = () -> Reader.GATEWAY;
            MeterDriver embedded = (MeterDriver)
                    type.getConstructors()[0].newInstance(identity, reader.counters, reader.notes, Clock.systemUTC());
            for (Map<String, String> meter : List.of(one("wrapper", "TLR-A1"), one("hdlc-tcp", "TLR-A1"))) {
                try (MeterSession session = embedded.associate(
                        Reader.meter(meter, Map.of()),
                        Reader.keys(meter),
                        reader.channel(meter.get("endpoint")),
                        Airtime.FREE,
                        Reader.TIMEOUT)) {
                    assertThat(Truth.profile(meter.get("meter"), session.read(METER_DAY)))
                            .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
                }
            }
        }
    }
}
