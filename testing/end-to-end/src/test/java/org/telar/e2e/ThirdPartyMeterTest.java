package org.telar.e2e;

import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterSet;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.TimeRange;
import org.telar.channel.net.internal.NetChannelFactory;
import org.telar.harness.SimulatorClient;
import org.telar.meter.iec21.internal.Iec21Driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * R13: third-party meters by another driver, over a real channel against the simulator's IEC 62056-21 meters, a week
 * after the clocks of Chile went back: what is read equals what the meters hold, value by value.
 */
@Timeout(120)
class ThirdPartyMeterTest {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Instant AUTUMN = Instant.parse("2026-04-09T15:07:00Z");
    private static final Instant SPRING = Instant.parse("2026-09-09T15:07:00Z");
    private static final TimeRange LONG_DAY =
            new TimeRange(Instant.parse("2026-04-04T03:00:00Z"), Instant.parse("2026-04-05T04:00:00Z"));
    private static final TimeRange WEEK =
            new TimeRange(Instant.parse("2026-04-02T03:00:00Z"), Instant.parse("2026-04-09T12:00:00Z"));

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static Clock clock;
    private static List<Map<String, String>> meters;

    @BeforeAll
    static void start() throws Exception {
        clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), AUTUMN));
        simulator = startAt(folder.resolve("autumn"), AUTUMN);
        meters = thirdParty(simulator);
        assertThat(meters).hasSize(8);
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static SimulatedMeters startAt(Path data, Instant now) throws Exception {
        Files.createDirectories(data);
        Path offset = data.resolve("clock");
        Files.writeString(offset, Duration.between(Instant.now(), now).toString());
        return SimulatedMeters.start(
                data, "--meters", "1", "--mix", "wrapper=100", "--iec21", "8", "--clock-file", offset.toString());
    }

    private static List<Map<String, String>> thirdParty(SimulatedMeters of) throws Exception {
        return of.fleet().stream().filter(m -> m.get("medium").equals("iec21")).toList();
    }

    private static Meter meter(Map<String, String> row) {
        boolean standard = row.get("model").equals("THIRD-F1");
        return new Meter(
                new MeterId(row.get("meter")),
                Iec21Driver.NAME,
                row.get("model"),
                row.get("identity"),
                "radio",
                "iec21:" + row.get("meter"),
                1,
                Authentication.valueOf(row.get("auth")),
                ZoneId.of(row.get("zone")),
                standard ? Map.of("time", "standard", "season", "no") : Map.of("billing", "yes"));
    }

    private static Channel open(Map<String, String> row) throws Exception {
        return new NetChannelFactory().open(URI.create(row.get("endpoint")), Duration.ofSeconds(3));
    }

    private static MeterReadout read(Map<String, String> row, Channel channel, Clock host, ReadRequest request)
            throws Exception {
        try (MeterSession session =
                new Iec21Driver(host).associate(meter(row), Reader.keys(row), channel, Airtime.FREE, TIMEOUT)) {
            return session.read(request);
        }
    }

    private static MeterReadout read(Map<String, String> row, ReadRequest request) throws Exception {
        try (Channel channel = open(row)) {
            return read(row, channel, clock, request);
        }
    }

    private static ReadRequest profile(TimeRange range) {
        return new ReadRequest(List.of(range), List.of(range), List.of(), true, List.of());
    }

    @Test
    @DisplayName(
            "R13 R49 D5 D7 D18: a week with the day of 100 quarters, both channel kinds, closings: equal the ledger")
    void week() throws Exception {
        Map<String, List<String>> ledger = simulator.truth("ledger", WEEK.from(), WEEK.to());
        Map<String, List<String>> closings = simulator.truth("closings", WEEK.from(), WEEK.to());
        try (Channel shared = open(meters.get(0))) {
            for (Map<String, String> row : meters) {
                MeterReadout got = read(row, shared, clock, profile(WEEK));
                String number = row.get("meter");
                assertThat(Truth.profile(number, got))
                        .as("profile of %s", row)
                        .containsExactlyInAnyOrderElementsOf(ledger.get(number));
                assertThat(Truth.closings(number, got))
                        .as("closings of %s", row)
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(closings.get(number));
                assertThat(got.clock()).hasValueSatisfying(c -> assertThat(
                                Duration.between(c, got.readAt()).abs())
                        .isLessThan(Duration.ofSeconds(3)));
            }
        }
        // The comparison says something about quality only if some rows have one.
        assertThat(ledger.values().stream().flatMap(List::stream)).anyMatch(l -> !l.endsWith(",1.0.0"));
    }

    @Test
    @DisplayName("D5: 2026-04-04 has 100 slots and 2026-09-05 has 96 before a day of 92, none missing")
    void clockChanges() throws Exception {
        for (Map<String, String> row : meters) {
            ProfileBlock block = read(row, profile(LONG_DAY)).profiles().get(0);
            assertThat(block.slots()).isEqualTo(100);
            assertThat(block.status()).doesNotContain(ProfileBlock.MISSING);
            assertThat(block.offGrid()).isEmpty();
        }
        TimeRange short92 = new TimeRange(Instant.parse("2026-09-06T04:00:00Z"), Instant.parse("2026-09-07T03:00:00Z"));
        Clock spring = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), SPRING));
        try (SimulatedMeters later = startAt(folder.resolve("spring"), SPRING)) {
            TimeRange days = new TimeRange(short92.from().minusSeconds(86_400), short92.to());
            Map<String, List<String>> ledger = later.truth("ledger", days.from(), days.to());
            Map<String, List<String>> closings = later.truth("closings", days.from(), days.to());
            for (Map<String, String> row : thirdParty(later)) {
                try (Channel channel = open(row)) {
                    ReadRequest both =
                            new ReadRequest(List.of(days, short92), List.of(days), List.of(), true, List.of());
                    MeterReadout got = read(row, channel, spring, both);
                    assertThat(got.profiles()).extracting(ProfileBlock::slots).containsExactly(96 + 92, 92);
                    MeterReadout first = read(row, channel, spring, profile(days));
                    assertThat(Truth.profile(row.get("meter"), first))
                            .containsExactlyInAnyOrderElementsOf(ledger.get(row.get("meter")));
                    assertThat(Truth.closings(row.get("meter"), first))
                            .containsExactlyInAnyOrderElementsOf(closings.get(row.get("meter")));
                }
            }
        }
    }

    @Test
    @DisplayName("D4: a power cut leaves missing slots and a row off the grid, as in the ledger")
    void powerCut() throws Exception {
        for (Map<String, String> row : meters.subList(4, 6)) {
            simulator.call(SimulatorClient.request()
                    .put("cmd", "power-cut")
                    .put("meter", Integer.parseInt(row.get("meter")))
                    .put("from", "2026-04-08T10:18:07Z")
                    .put("to", "2026-04-08T12:02:00Z"));
            TimeRange day = new TimeRange(Instant.parse("2026-04-08T03:00:00Z"), Instant.parse("2026-04-09T03:00:00Z"));
            MeterReadout got = read(row, profile(day));
            ProfileBlock block = got.profiles().get(0);

            assertThat(block.offGrid()).hasSize(1);
            assertThat(block.status()).contains(ProfileBlock.MISSING);
            assertThat(Truth.profile(row.get("meter"), got))
                    .containsExactlyInAnyOrderElementsOf(
                            simulator.truth("ledger", day.from(), day.to()).get(row.get("meter")));
        }
    }

    @Test
    @DisplayName(
            "R13: registers by readout and by command agree; tariffs add up; billing history with its stamps (D18)")
    void registers() throws Exception {
        List<Obis> all = List.of(
                Obis.parse("1.0.1.8.0.255"),
                Obis.parse("1.0.1.8.1.255"),
                Obis.parse("1.0.1.8.2.255"),
                Obis.parse("1.0.1.8.3.255"),
                Obis.parse("1.0.1.8.4.255"),
                Obis.parse("1.0.1.6.0.255"));
        List<Obis> words = List.of(Obis.ERROR_REGISTER, Obis.ALARM_REGISTER);
        for (Map<String, String> row : meters.subList(0, 2)) {
            simulator.call(SimulatorClient.request()
                    .put("cmd", "set-status")
                    .put("meter", Integer.parseInt(row.get("meter")))
                    .put("word", 0x80000005L)
                    .put("alarm", 0xA0));
            MeterReadout many = read(row, new ReadRequest(List.of(), List.of(), all, true, words));
            MeterReadout one = read(row, new ReadRequest(List.of(), List.of(), all.subList(0, 1), true, List.of()));
            MeterReadout alarm = read(row, new ReadRequest(List.of(), List.of(), List.of(), false, words));

            RegisterSet set = many.registers().get(0);
            assertThat(set.kind()).isEqualTo(RegisterKind.ON_DEMAND);
            assertThat(set.values()).extracting(RegisterValue::register).containsExactlyElementsOf(all);
            long total = set.values().get(0).value();
            long tariffs = set.values().subList(1, 5).stream()
                    .mapToLong(RegisterValue::value)
                    .sum();
            assertThat(tariffs).isCloseTo(total, org.assertj.core.data.Offset.offset(20L));
            assertThat(set.values().get(5).occurredAt())
                    .hasValueSatisfying(t -> assertThat(t).isBetween(Instant.parse("2026-04-01T03:00:00Z"), AUTUMN));
            assertThat(one.registers().get(0).values().get(0).value())
                    .isCloseTo(total, org.assertj.core.data.Offset.offset(20L));
            assertThat(one.registers().get(0).values().get(0).unit())
                    .isEqualTo(set.values().get(0).unit());
            assertThat(many.statusWords()).isEqualTo(alarm.statusWords());
            assertThat(many.statusWords().get(0).bits()).isEqualTo(0x80000005L);
            assertThat(many.roundTrips()).isEqualTo(1);
        }
        MeterReadout closing = read(
                meters.get(0),
                profile(new TimeRange(Instant.parse("2026-03-31T00:00:00Z"), Instant.parse("2026-04-02T04:00:00Z"))));
        assertThat(closing.registers().stream().filter(s -> s.kind() == RegisterKind.BILLING))
                .singleElement()
                .satisfies(s -> {
                    assertThat(s.stamp()).isEqualTo(Instant.parse("2026-04-01T03:00:00Z"));
                    RegisterSet daily = closing.registers().stream()
                            .filter(d ->
                                    d.kind() == RegisterKind.DAILY && d.stamp().equals(s.stamp()))
                            .findFirst()
                            .orElseThrow();
                    assertThat(daily.values()).containsAll(s.values());
                });
    }

    @Test
    @DisplayName("D13: a wrong password is AUTH_FAILED on every make, and the right one is taken afterwards")
    void wrongPassword() throws Exception {
        for (Map<String, String> row : meters.subList(0, 2)) {
            try (Channel channel = open(row)) {
                MeterKeys wrong = new MeterKeys(new byte[] {'1', '2', '3'}, new byte[0], new byte[0]);
                assertThatThrownBy(() ->
                                new Iec21Driver(clock).associate(meter(row), wrong, channel, Airtime.FREE, TIMEOUT))
                        .isInstanceOfSatisfying(
                                MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.AUTH_FAILED));
                assertThat(read(row, channel, clock, ReadRequest.probe()).identity())
                        .isEqualTo(row.get("identity"));
            }
        }
    }

    @Test
    @DisplayName("D1: two meters that swapped addresses are IDENTITY, and nothing of them is returned")
    void swapped() throws Exception {
        Map<String, String> a = meters.get(2);
        Map<String, String> b = meters.get(4);
        // LLS keys differ from meter to meter; with the other's key the meter itself is reached.
        Map<String, String> mixed = new java.util.HashMap<>(a);
        mixed.put("password", b.get("password"));
        var swap = SimulatorClient.request()
                .put("cmd", "swap")
                .put("a", Integer.parseInt(a.get("meter")))
                .put("b", Integer.parseInt(b.get("meter")));
        simulator.call(swap);
        try {
            assertThatThrownBy(() -> read(mixed, profile(LONG_DAY)))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY))
                    .hasMessageContaining(b.get("identity"));
        } finally {
            simulator.call(swap);
        }
    }

    @Test
    @DisplayName("F22: a mute meter is METER_SILENT within its timeouts; the others on the link are read")
    void mute() throws Exception {
        Map<String, String> silent = meters.get(3);
        var request = SimulatorClient.request().put("cmd", "mute");
        request.putArray("meters").add(Integer.parseInt(silent.get("meter")));
        simulator.call(request);
        try (Channel channel = open(silent)) {
            long before = System.nanoTime();
            assertThatThrownBy(() -> read(silent, channel, clock, ReadRequest.probe()))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_SILENT));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(TIMEOUT.multipliedBy(6));
            assertThat(read(meters.get(1), channel, clock, ReadRequest.probe()).identity())
                    .isEqualTo(meters.get(1).get("identity"));
        } finally {
            simulator.call(request.deepCopy().put("cmd", "unmute"));
        }
    }

    @Test
    @DisplayName("F24: a link that flips and loses characters: repeated until right, no value differs from the ledger")
    void noisyLink() throws Exception {
        Map<String, List<String>> ledger = simulator.truth("ledger", LONG_DAY.from(), LONG_DAY.to());
        int damaged = 0;
        for (Map<String, String> row : meters.subList(6, 8)) {
            for (int seed = 0; seed < 4; seed++) {
                try (Noisy channel = new Noisy(open(row), seed)) {
                    MeterReadout got = read(row, channel, clock, profile(LONG_DAY));
                    damaged += channel.damaged;
                    assertThat(Truth.profile(row.get("meter"), got))
                            .containsExactlyInAnyOrderElementsOf(ledger.get(row.get("meter")));
                }
            }
        }
        assertThat(damaged).as("damaged pieces").isGreaterThan(5);
    }

    @Test
    @DisplayName("D2: the clock is shifted and set, and read back by the driver itself")
    void setClock() throws Exception {
        for (Map<String, String> row : List.of(meters.get(2), meters.get(7))) {
            simulator.call(SimulatorClient.request()
                    .put("cmd", "drift")
                    .put("meter", Integer.parseInt(row.get("meter")))
                    .put("seconds", 300));
            try (Channel channel = open(row);
                    MeterSession session = new Iec21Driver(clock)
                            .associate(meter(row), Reader.keys(row), channel, Airtime.FREE, TIMEOUT)) {
                session.shiftClock(Duration.ofSeconds(-200));
                assertThat(offset(session)).isBetween(Duration.ofSeconds(95), Duration.ofSeconds(105));
                session.setClock(clock.instant());
                assertThat(offset(session).abs()).isLessThan(Duration.ofSeconds(3));
                assertThatThrownBy(() -> session.shiftClock(Duration.ofHours(1)))
                        .isInstanceOfSatisfying(
                                MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.UNSUPPORTED));
            }
        }
    }

    private static Duration offset(MeterSession session) throws Exception {
        MeterReadout probe = session.read(ReadRequest.probe());
        return Duration.between(probe.readAt(), probe.clock().orElseThrow());
    }

    /** Damages what arrives, at random but the same for a seed; never two pieces in a row, so that repeats succeed. */
    private static final class Noisy implements Channel {
        private static final int CHANCE = 6;

        private final Channel inner;
        private final Random random;
        private boolean spared;
        private int damaged;

        Noisy(Channel inner, long seed) {
            this.inner = inner;
            this.random = new Random(seed);
        }

        @Override
        public void write(byte[] bytes) throws java.io.IOException {
            inner.write(bytes);
        }

        @Override
        public int read(byte[] into, Duration timeout) throws java.io.IOException {
            int count = inner.read(into, timeout);
            spared = !spared;
            if (spared || random.nextInt(CHANCE) > 0) {
                return count;
            }
            damaged++;
            if (count > 8 && random.nextBoolean()) {
                return count - 5;
            }
            if (random.nextInt(3) == 0) {
                throw new SocketTimeoutException("lost");
            }
            into[random.nextInt(count)] ^= (byte) (1 << random.nextInt(7));
            return count;
        }

        @Override
        public boolean isOpen() {
            return inner.isOpen();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
