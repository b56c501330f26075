package org.telar.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Finding;
import org.telar.api.meter.LogRange;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.channel.net.internal.NetChannelFactory;
import org.telar.harness.SimulatorClient;
import org.telar.meter.dlms.internal.DlmsMeterDriver;

import static org.assertj.core.api.Assertions.assertThat;

/** What the driver learns of a model, once, and how it notices that a meter is no longer what was learned. */
@Timeout(60)
class MeterLearningTest {
    private static final Instant NOW = Instant.now();
    private static final Instant TO = NOW.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    private static final Instant FROM = TO.minus(1, ChronoUnit.DAYS);
    private static final ReadRequest DAY = profile(FROM, TO);

    /** So that a clock hours away is told apart from a wrong sign. */
    private static final Map<String, String> TOLD = Map.of("deviation", "normal", "stamp", "end");

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;

    @BeforeAll
    static void start() throws Exception {
        simulator = SimulatedMeters.start(folder, "--meters", "24", "--mix", "wrapper=100", "--models", "A=100");
        fleet = simulator.fleet();
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static final Reader.Counters COUNTERS = new Reader.Counters();

    private static ReadRequest profile(Instant from, Instant to) {
        TimeRange range = new TimeRange(from, to);
        return new ReadRequest(List.of(range), List.of(range), List.of(), true, List.of());
    }

    private static ObjectNode command(String cmd, Map<String, String> meter) {
        return SimulatorClient.request().put("cmd", cmd).put("meter", Integer.parseInt(meter.get("meter")));
    }

    /** The meter's clock goes wrong by so much. */
    private static void drift(Map<String, String> meter, Duration by) throws Exception {
        simulator.call(command("drift", meter).put("seconds", by.toSeconds()));
    }

    private static List<String> ledger(Map<String, String> meter, Instant from, Instant to) throws Exception {
        return simulator.truth("ledger", from, to).getOrDefault(meter.get("meter"), List.of());
    }

    @Test
    @DisplayName("R42: eight meters of one model that are visited at once learn it once; seven pay nothing for it")
    void learnedOnce() throws Exception {
        AtomicInteger remembered = new AtomicInteger();
        Reader.Notes notes = new Reader.Notes();
        DlmsMeterDriver driver = new DlmsMeterDriver(
                () -> Reader.GATEWAY,
                COUNTERS,
                new org.telar.api.meter.ModelMemory() {
                    @Override
                    public java.util.Optional<String> recall(String key) {
                        return notes.recall(key);
                    }

                    @Override
                    public void remember(String key, String value) {
                        remembered.incrementAndGet();
                        notes.remember(key, value);
                    }

                    @Override
                    public void forget(String key) {
                        notes.forget(key);
                    }
                },
                Clock.systemUTC());
        ExecutorService jobs = Executors.newFixedThreadPool(8);
        CountDownLatch together = new CountDownLatch(8);
        try {
            List<Future<MeterReadout>> results = new ArrayList<>();
            for (Map<String, String> meter : fleet.subList(0, 8)) {
                results.add(jobs.submit(() -> {
                    try (Channel channel =
                                    new NetChannelFactory().open(URI.create(meter.get("endpoint")), Reader.TIMEOUT);
                            MeterSession session = driver.associate(
                                    Reader.meter(meter, Map.of()),
                                    Reader.keys(meter),
                                    channel,
                                    Airtime.FREE,
                                    Duration.ofSeconds(5))) {
                        together.countDown();
                        together.await(10, TimeUnit.SECONDS);
                        return session.read(DAY);
                    }
                }));
            }
            List<Integer> trips = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                MeterReadout readout = results.get(i).get(30, TimeUnit.SECONDS);
                Map<String, String> meter = fleet.get(i);
                assertThat(Truth.profile(meter.get("meter"), readout))
                        .containsExactlyInAnyOrderElementsOf(ledger(meter, FROM, TO));
                trips.add(readout.roundTrips());
            }
            trips.sort(null);
            assertThat(remembered)
                    .as("firmware, deviation, two profiles, stamp, each once")
                    .hasValue(5);
            assertThat(trips.get(6)).as("trips of each: %s", trips).isEqualTo(trips.get(0));
            assertThat(trips.get(7)).isGreaterThan(trips.get(0));
        } finally {
            jobs.shutdownNow();
        }
    }

    @Test
    @DisplayName("R89: an event log that cannot be selected by range is read by entry, with the same events")
    void eventLog() throws Exception {
        Map<String, String> meter = fleet.get(9);
        TimeRange range = new TimeRange(NOW.minus(120, ChronoUnit.DAYS), NOW);
        ReadRequest logs = ReadRequest.logs(List.of(new LogRange(Obis.STANDARD_EVENT_LOG, range)));
        try (Reader reader = new Reader(COUNTERS)) {
            List<MeterEvent> events = reader.read(meter, logs).events();
            assertThat(events).hasSizeGreaterThan(3).allMatch(e -> e.code() > 0);
            assertThat(events).extracting(MeterEvent::at).isSorted();
            String firmware = reader.notes.map.get("dlms/TLR-A1/firmware");
            reader.notes.map.put("dlms/TLR-A1/" + firmware + "/by-entry/" + Obis.STANDARD_EVENT_LOG, "yes");
            assertThat(reader.read(meter, logs).events()).containsExactlyElementsOf(events);
        }
    }

    @Test
    @DisplayName(
            "F28 R42: other capture objects, as many as before, are noticed before a value is given to a wrong one")
    void otherChannels() throws Exception {
        Map<String, String> meter = fleet.get(11);
        Duration away = Duration.ofHours(3);
        ObjectNode change = command("capture-objects", meter);
        change.putArray("channels").add("1.0.1.29.0.255").add("1.0.2.29.0.255");
        try (Reader reader = new Reader(COUNTERS)) {
            simulator.call(
                    change.deepCopy().put("at", NOW.minus(9, ChronoUnit.HOURS).toString()));
            drift(meter, away.negated());
            Instant before = NOW.minus(away).minus(3, ChronoUnit.HOURS);
            reader.read(meter, profile(before, before.plus(2, ChronoUnit.HOURS)), TOLD);
            reader.read(meter, profile(before, before.plus(2, ChronoUnit.HOURS)), TOLD);

            change.putArray("channels").add("1.0.5.29.0.255").add("1.0.8.29.0.255");
            simulator.call(change);
            drift(meter, Duration.ZERO);
            Instant from = NOW.minus(away).minus(15, ChronoUnit.MINUTES);
            MeterReadout readout = reader.read(meter, profile(from, NOW), TOLD);
            List<String> truth = ledger(meter, from, NOW);
            assertThat(truth).isNotEmpty().allMatch(l -> l.contains(",1.0.5.29.") || l.contains(",1.0.8.29."));
            assertThat(Truth.profile(meter.get("meter"), readout)).containsExactlyInAnyOrderElementsOf(truth);
            assertThat(readout.findings())
                    .extracting(Finding::code)
                    .containsExactly(Finding.Code.PROFILE_SHAPE_CHANGED);
            assertThat(reader.read(meter, profile(from, NOW), TOLD).findings()).isEmpty();
        }
    }

    @Test
    @DisplayName("F28: another capture period is learned within the visit, with the rows of the new grid")
    void otherPeriod() throws Exception {
        Map<String, String> meter = fleet.get(12);
        Duration away = Duration.ofHours(3);
        try (Reader reader = new Reader(COUNTERS)) {
            drift(meter, away.negated());
            Instant before = NOW.minus(away).minus(3, ChronoUnit.HOURS);
            reader.read(meter, profile(before, before.plus(2, ChronoUnit.HOURS)), TOLD);
            simulator.call(command("capture-period", meter).put("seconds", 1800));
            drift(meter, Duration.ZERO);
            MeterReadout readout = reader.read(meter, profile(NOW.minus(away), NOW), TOLD);
            assertThat(readout.findings())
                    .extracting(Finding::code)
                    .containsExactly(Finding.Code.PROFILE_SHAPE_CHANGED);
            assertThat(readout.profiles().get(0).period()).isEqualTo(Duration.ofMinutes(30));
            assertThat(Truth.profile(meter.get("meter"), readout))
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(ledger(meter, NOW.minus(away), NOW));
        }
    }

    @Test
    @DisplayName("R42: a meter set up otherwise than its model keeps its own shape; the others keep theirs")
    void ownShape() throws Exception {
        Map<String, String> odd = fleet.get(13);
        Map<String, String> usual = fleet.get(14);
        ObjectNode change = command("capture-objects", odd);
        change.put("at", FROM.minus(3, ChronoUnit.DAYS).toString());
        change.putArray("channels").add("1.0.1.29.0.255");
        simulator.call(change);
        try (Reader reader = new Reader(COUNTERS)) {
            reader.read(usual, DAY);
            int least = reader.read(usual, DAY).roundTrips();
            for (Map<String, String> meter : List.of(odd, usual, odd, usual)) {
                MeterReadout readout = reader.read(meter, DAY);
                assertThat(Truth.profile(meter.get("meter"), readout))
                        .containsExactlyInAnyOrderElementsOf(ledger(meter, FROM, TO));
            }
            assertThat(reader.read(odd, DAY).roundTrips()).isLessThanOrEqualTo(least);
            assertThat(reader.read(usual, DAY).roundTrips()).isEqualTo(least);
        }
    }

    @Test
    @DisplayName("F28: rows that the buffer no longer holds since the last visit are told, and missing, never zero")
    void overwritten() throws Exception {
        Map<String, String> meter = fleet.get(15);
        Duration away = Duration.ofHours(3);
        Instant from = NOW.minus(away).truncatedTo(ChronoUnit.HOURS);
        try (Reader reader = new Reader(COUNTERS)) {
            drift(meter, away.negated());
            reader.read(meter, profile(from.minus(1, ChronoUnit.HOURS), from), TOLD);
            drift(meter, Duration.ZERO);
            simulator.call(command("buffer-rows", meter).put("rows", 4));
            MeterReadout readout = reader.read(meter, profile(from, NOW), TOLD);
            assertThat(readout.findings()).extracting(Finding::code).containsExactly(Finding.Code.DATA_OVERWRITTEN);
            assertThat(Truth.profile(meter.get("meter"), readout))
                    .hasSize(4 * 6)
                    .containsExactlyInAnyOrderElementsOf(ledger(meter, from, NOW));
        }
    }
}
