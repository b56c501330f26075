package org.telar.e2e;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Finding;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.ProfileBlock;
import org.telar.api.model.TimeRange;
import org.telar.channel.net.internal.NetChannelFactory;
import org.telar.harness.SimulatorClient;
import org.telar.meter.dlms.internal.DlmsMeterDriver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Faults 22 to 30 of meters and lines, one after another: each ends in right values or in a typed error within its time,
 * never in a value that the ledger does not have, and the next visit after it is right.
 */
@Timeout(60)
class MeterFaultTest {
    private static final Instant NOW = Instant.now();
    private static final Instant TO = NOW.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    private static final Instant FROM = TO.minus(1, ChronoUnit.DAYS);
    private static final ReadRequest DAY = profile(FROM, TO);
    private static final Duration TIMEOUT = Duration.ofMillis(2500);

    /** While a fault makes a meter silent. */
    private static final Duration SHORT = Duration.ofMillis(450);

    @TempDir
    static Path folder;

    private static SimulatedMeters simulator;
    private static List<Map<String, String>> fleet;
    private static Map<String, List<String>> ledger;

    @BeforeAll
    static void start() throws Exception {
        simulator = SimulatedMeters.start(
                folder,
                "--meters",
                "60",
                "--mix",
                "wrapper=50,hdlc-tcp=34,pty=16",
                "--models",
                "A=75,B=25",
                "--line-size",
                "4");
        fleet = simulator.fleet();
        ledger = simulator.truth("ledger", FROM, TO);
    }

    @AfterAll
    static void stop() throws Exception {
        if (simulator != null) {
            simulator.close();
        }
    }

    private static final Reader.Counters COUNTERS = new Reader.Counters();

    /** The n-th meter of a medium and level. */
    private static Map<String, String> meter(String medium, String level, int n) {
        return fleet.stream()
                .filter(m -> m.get("medium").equals(medium) && m.get("auth").equals(level))
                .skip(n)
                .findFirst()
                .orElseThrow();
    }

    private static ReadRequest profile(Instant from, Instant to) {
        return new ReadRequest(List.of(new TimeRange(from, to)), List.of(), List.of(), true, List.of());
    }

    private static ObjectNode command(String cmd, Map<String, String> meter) {
        return SimulatorClient.request().put("cmd", cmd).put("meter", Integer.parseInt(meter.get("meter")));
    }

    private static ObjectNode fault(Map<String, String> meter, String kind) {
        return command("fault", meter).put("kind", kind).put("seed", 7);
    }

    private static void clear(Map<String, String> meter) throws Exception {
        simulator.call(command("fault-clear", meter));
    }

    private static void isRight(Map<String, String> meter, MeterReadout readout) {
        assertThat(Truth.profile(meter.get("meter"), readout))
                .as("profile of %s", meter)
                .containsExactlyInAnyOrderElementsOf(ledger.get(meter.get("meter")));
    }

    private static MeterReadout read(Reader reader, Map<String, String> meter) throws Exception {
        return read(reader, meter, DAY, Map.of());
    }

    private static MeterReadout read(
            Reader reader, Map<String, String> meter, ReadRequest request, Map<String, String> parameters)
            throws Exception {
        return read(reader, meter, request, parameters, TIMEOUT);
    }

    private static MeterReadout read(
            Reader reader,
            Map<String, String> meter,
            ReadRequest request,
            Map<String, String> parameters,
            Duration timeout)
            throws Exception {
        try (MeterSession session = reader.associate(meter, Reader.keys(meter), parameters, Airtime.FREE, timeout)) {
            return session.read(request);
        }
    }

    /** Right values or a typed error, within a bounded time. */
    private static boolean succeeds(Reader reader, Map<String, String> meter, Duration timeout, Ko... errors)
            throws Exception {
        long before = System.nanoTime();
        try {
            isRight(meter, read(reader, meter, DAY, Map.of(), timeout));
            return true;
        } catch (MeterException e) {
            assertThat(e.ko()).as(e.toString()).isIn((Object[]) errors);
            return false;
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(12));
        }
    }

    @Test
    @DisplayName("F22: a clock of the year 2106 spoils no row; one without a date is CLOCK_UNRESOLVED until it is set")
    void wrongClock() throws Exception {
        Map<String, String> meter = meter("wrapper", "HLS5", 0);
        try (Reader reader = new Reader(COUNTERS)) {
            isRight(meter, read(reader, meter));
            simulator.call(fault(meter, "clock-year"));
            MeterReadout far = read(reader, meter);
            assertThat(far.clock().orElseThrow()).isAfter(Instant.parse("2106-01-01T00:00:00Z"));
            isRight(meter, far);

            simulator.call(command("fault-clear", meter));
            simulator.call(fault(meter, "clock-undefined"));
            assertThatThrownBy(() -> read(reader, meter))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.CLOCK_UNRESOLVED));
            try (MeterSession session = reader.associate(meter, Reader.keys(meter), Map.of())) {
                session.setClock(Instant.now());
            }
            isRight(meter, read(reader, meter));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wrapper,late",
        "hdlc-tcp,late",
        "wrapper,stale",
        "hdlc-tcp,stale",
        "wrapper,duplicate",
        "hdlc-tcp,duplicate",
        "wrapper,drop-reply",
        "hdlc-tcp,drop-reply",
        "hdlc-tcp,drop-request"
    })
    @DisplayName("F23: a late, stale, repeated or lost answer is never taken for that of another request")
    void stale(String medium, String kind) throws Exception {
        for (String level : List.of("HLS5", "LLS")) {
            Map<String, String> meter = meter(medium, level, 1);
            try (Reader reader = new Reader(COUNTERS)) {
                isRight(meter, read(reader, meter));
                for (int skip : new int[] {0, 3}) {
                    ObjectNode fault = fault(meter, kind).put("skip", skip).put("times", 1);
                    simulator.call(kind.equals("late") ? fault.put("value", 1000) : fault);
                    boolean once = kind.equals("duplicate");
                    boolean first = succeeds(
                            reader,
                            meter,
                            once ? TIMEOUT : SHORT,
                            Ko.METER_SILENT,
                            Ko.PROTOCOL,
                            Ko.AUTH_FAILED,
                            Ko.METER_UNREACHABLE);
                    if (once) {
                        assertThat(first).as("a frame twice costs nothing").isTrue();
                    }
                    clear(meter);
                    if (!first) {
                        assertThat(succeeds(reader, meter, TIMEOUT, Ko.METER_SILENT, Ko.PROTOCOL)
                                        || succeeds(reader, meter, TIMEOUT))
                                .as("%s %s after %s: right again", medium, level, kind)
                                .isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bit-flip",
                "truncate",
                "bad-hcs",
                "bad-fcs",
                "sequence",
                "rnr",
                "echo",
                "noise-before",
                "noise-after",
                "wrong-address"
            })
    @DisplayName("F24: a spoiled HDLC frame is recovered within the visit, at the next frame; noise is counted")
    void spoiledFrames(String kind) throws Exception {
        for (String medium : List.of("hdlc-tcp", "pty")) {
            Map<String, String> meter = meter(medium, "HLS5", 2);
            try (Reader reader = new Reader(COUNTERS)) {
                isRight(meter, read(reader, meter));
                simulator.call(fault(meter, kind)
                        .put("skip", medium.equals("pty") ? 1 : 5)
                        .put("times", 1));
                isRight(meter, read(reader, meter, DAY, Map.of(), Duration.ofMillis(1200)));
                JsonNode faults = simulator.call(SimulatorClient.request().put("cmd", "faults"));
                assertThat(faults.toString()).as("it struck").contains("\"struck\":1");
                clear(meter);
                if (kind.startsWith("noise") || kind.equals("echo")) {
                    assertThat(reader.counters()).hasEntrySatisfying("noise_bytes", n -> assertThat(n)
                            .isPositive());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bit-flip", "truncate", "echo", "noise-before", "noise-after", "wrong-address"})
    @DisplayName("F24: on the wrapper a spoiled answer is refused, and the next visit is right")
    void spoiledAnswers(String kind) throws Exception {
        Map<String, String> meter = meter("wrapper", "HLS5", 3);
        try (Reader reader = new Reader(COUNTERS)) {
            isRight(meter, read(reader, meter));
            for (int skip : new int[] {0, 3}) {
                simulator.call(fault(meter, kind).put("skip", skip).put("times", 1));
                succeeds(reader, meter, SHORT, Ko.METER_SILENT, Ko.PROTOCOL, Ko.AUTH_FAILED);
                clear(meter);
                assertThat(succeeds(reader, meter, TIMEOUT)).as(kind).isTrue();
            }
        }
    }

    @Test
    @DisplayName("F25: a meter that sends one byte each 200 ms is given up within a bounded time")
    void slow() throws Exception {
        Map<String, String> meter = meter("pty", "LLS", 0);
        try (Reader reader = new Reader(COUNTERS)) {
            simulator.call(fault(meter, "slow"));
            long before = System.nanoTime();
            assertThatThrownBy(() -> reader.associate(meter, Reader.keys(meter), Map.of(), Airtime.FREE, SHORT)
                            .read(DAY))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isIn(Ko.METER_SILENT, Ko.PROTOCOL));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            clear(meter);
        }
    }

    @Test
    @DisplayName("F26: a transfer that breaks off at a block is told, and what is left is read by a smaller range")
    void cutTransfer() throws Exception {
        Map<String, String> meter = meter("wrapper", "HLS5", 4);
        try (Reader reader = new Reader(COUNTERS)) {
            isRight(meter, read(reader, meter));
            simulator.call(fault(meter, "block-cut").put("value", 2));
            assertThatThrownBy(() -> read(reader, meter, DAY, Map.of(), SHORT))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.METER_SILENT));
            Instant middle = TO.minus(2, ChronoUnit.HOURS);
            MeterReadout part = read(reader, meter, profile(middle, TO), Map.of());
            assertThat(Truth.profile(meter.get("meter"), part))
                    .containsExactlyInAnyOrderElementsOf(
                            simulator.truth("ledger", middle, TO).get(meter.get("meter")));
            clear(meter);
            isRight(meter, read(reader, meter));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"oversize", "endless-blocks", "block-number"})
    @DisplayName("F26: answers beyond the agreed size, without an end or out of order end in a typed error, soon")
    void brokenTransfer(String kind) throws Exception {
        for (String level : List.of("HLS5", "LLS")) {
            Map<String, String> meter = meter("wrapper", level, 5);
            try (Reader reader = new Reader(COUNTERS)) {
                isRight(meter, read(reader, meter));
                simulator.call(fault(meter, kind));
                boolean right = succeeds(reader, meter, SHORT, Ko.PROTOCOL, Ko.METER_SILENT);
                assertThat(right && !kind.equals("oversize")).isFalse();
                clear(meter);
                isRight(meter, read(reader, meter));
            }
        }
    }

    @Test
    @DisplayName("F27: two meters at one address are told as such, and no value of the other is taken")
    void twoAtOneAddress() throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp")) {
            List<Map<String, String>> line = fleet.stream()
                    .filter(m -> m.get("endpoint")
                            .equals(meter(medium, "LLS", medium.equals("wrapper") ? 2 : 0)
                                    .get("endpoint")))
                    .filter(m -> m.get("auth").equals("LLS"))
                    .toList();
            Map<String, String> mine = line.get(0);
            Map<String, String> other = fleet.stream()
                    .filter(m -> m.get("endpoint").equals(mine.get("endpoint")) && m != mine)
                    .findFirst()
                    .orElseThrow();
            try (Reader reader = new Reader(COUNTERS)) {
                isRight(mine, read(reader, mine));
                simulator.call(command("same-address", other).put("of", Integer.parseInt(mine.get("meter"))));
                // Which of the two answers first is chance: a visit may fail in another typed way, never in values.
                boolean told = false;
                for (int visit = 0; visit < 12 && !told; visit++) {
                    try {
                        MeterReadout readout = read(reader, mine);
                        isRight(mine, readout);
                        told = readout.findings().stream().anyMatch(f -> f.code() == Finding.Code.METER_DUPLICATE);
                    } catch (MeterException e) {
                        told = e.getMessage().contains("METER_DUPLICATE");
                    }
                }
                assertThat(told).as("told on " + medium).isTrue();
                simulator.call(command("same-address", other));
                isRight(mine, read(reader, mine));
            } finally {
                simulator.call(command("same-address", other));
            }
        }
    }

    @Test
    @DisplayName("F28 D1: another device in the meter's place is an IDENTITY, with its own keys an AUTH_FAILED")
    void replaced() throws Exception {
        Map<String, String> same = meter("wrapper", "HLS5", 6);
        Map<String, String> strange = meter("wrapper", "HLS5", 7);
        try (Reader reader = new Reader(COUNTERS)) {
            simulator.call(command("replace", same).put("keep_keys", true));
            simulator.call(command("replace", strange));
            assertThatThrownBy(() -> read(reader, same))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY));
            assertThatThrownBy(() -> read(reader, strange))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.AUTH_FAILED));
        }
    }

    @Test
    @DisplayName("F28 D6: registers that roll over or fall back are delivered as the meter shows them")
    void registers() throws Exception {
        Map<String, String> meter = meter("wrapper", "LLS", 3);
        simulator.call(command("register-back", meter)
                .put("seconds", 86_400)
                .put("at", FROM.plus(5, ChronoUnit.HOURS).toString()));
        simulator.call(command("register-rollover", meter)
                .put("modulus", 100_000_000)
                .put("at", FROM.plus(9, ChronoUnit.HOURS).toString()));
        try (Reader reader = new Reader(COUNTERS)) {
            assertThat(Truth.profile(meter.get("meter"), read(reader, meter)))
                    .containsExactlyInAnyOrderElementsOf(
                            simulator.truth("ledger", FROM, TO).get(meter.get("meter")));
        }
    }

    @Test
    @DisplayName(
            "F29 D12: a profile that answers with rows of another time is refused; no slot is called missing by it")
    void sameProfile() throws Exception {
        Map<String, String> meter = meter("wrapper", "HLS5", 8);
        Instant middle = FROM.plus(6, ChronoUnit.HOURS);
        try (Reader reader = new Reader(COUNTERS)) {
            isRight(meter, read(reader, meter));
            simulator.call(fault(meter, "same-profile"));
            MeterReadout first = read(reader, meter, profile(FROM, middle), Map.of());
            assertThat(first.profiles().get(0).status()).doesNotContain(ProfileBlock.MISSING);
            for (TimeRange later : List.of(
                    new TimeRange(middle, middle.plus(3, ChronoUnit.HOURS)),
                    new TimeRange(middle.plus(9, ChronoUnit.HOURS), TO))) {
                assertThatThrownBy(() -> read(reader, meter, profile(later.from(), later.to()), Map.of()))
                        .isInstanceOfSatisfying(
                                MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.PROTOCOL));
            }
            clear(meter);
            isRight(meter, read(reader, meter));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-key", "replayed-counter", "bad-tag"})
    @DisplayName("F30 D8: a wrong key, a repeated counter and a bad tag are AUTH_FAILED, and nothing is taken")
    void authentication(String kind) throws Exception {
        for (String medium : List.of("wrapper", "hdlc-tcp")) {
            Map<String, String> meter = meter(medium, "HLS5", medium.equals("wrapper") ? 9 : 3);
            try (Reader reader = new Reader(COUNTERS)) {
                isRight(meter, read(reader, meter));
                simulator.call(fault(meter, kind));
                assertThatThrownBy(() -> read(reader, meter, DAY, Map.of(), SHORT))
                        .isInstanceOfSatisfying(MeterException.class, e -> assertThat(e.ko())
                                .as("%s %s: %s", medium, kind, e)
                                .isEqualTo(Ko.AUTH_FAILED));
                clear(meter);
                isRight(meter, read(reader, meter));
            }
        }
    }

    @Test
    @DisplayName("F30 D8: a meter that tells why it refused is resynchronised without the public client")
    void counterTold() throws Exception {
        Map<String, String> meter = meter("wrapper", "HLS5", 10);
        simulator.call(fault(meter, "counter-exception"));
        simulator.call(command("counter", meter).put("value", 5_000));
        try (Reader forgetful = new Reader()) {
            isRight(meter, read(forgetful, meter));
            assertThat(forgetful.counters.next.get(new MeterId(meter.get("meter"))))
                    .isGreaterThan(5_000);
        } finally {
            clear(meter);
        }
    }

    @Test
    @DisplayName("D1: two meters that swap addresses, with LLS, are told apart before anything of them is returned")
    void swapped() throws Exception {
        Map<String, String> a = meter("wrapper", "LLS", 4);
        Map<String, String> b = new HashMap<>(meter("wrapper", "LLS", 5));
        ObjectNode swap = SimulatorClient.request()
                .put("cmd", "swap")
                .put("a", Integer.parseInt(a.get("meter")))
                .put("b", Integer.parseInt(b.get("meter")));
        Map<String, String> withKeysOfB = new HashMap<>(a);
        withKeysOfB.put("password", b.get("password"));
        try (Reader reader = new Reader(COUNTERS)) {
            isRight(a, read(reader, a));
            simulator.call(swap);
            assertThatThrownBy(() -> read(reader, withKeysOfB))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.IDENTITY));
            simulator.call(swap.deepCopy());
            isRight(a, read(reader, a));
        }
    }

    @Test
    @DisplayName("D2 D3: a gateway in 1970 reads the same values, learns nothing from its clock and writes none")
    void gatewayIn1970() throws Exception {
        Map<String, String> known = meter("wrapper", "HLS5", 11);
        Reader.Notes notes = new Reader.Notes();
        DlmsMeterDriver driver =
                new DlmsMeterDriver(() -> Reader.GATEWAY, COUNTERS, notes, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        Instant before = Instant.now();
        try (Channel channel = new NetChannelFactory().open(URI.create(known.get("endpoint")), TIMEOUT)) {
            assertThatThrownBy(() -> visit(driver, channel, known, Map.of()))
                    .isInstanceOfSatisfying(
                            MeterException.class, e -> assertThat(e.ko()).isEqualTo(Ko.CLOCK_UNRESOLVED));
            assertThat(notes.map.keySet()).noneMatch(k -> k.endsWith("/deviation"));
            MeterReadout readout = visit(driver, channel, known, Map.of("deviation", "normal", "stamp", "end"));
            isRight(known, readout);
            assertThat(readout.clock().orElseThrow())
                    .as("the meter's own time, untouched")
                    .isBetween(before.minusSeconds(5), Instant.now().plusSeconds(5));
        }
    }

    private static MeterReadout visit(
            DlmsMeterDriver driver, Channel channel, Map<String, String> meter, Map<String, String> parameters)
            throws MeterException {
        try (MeterSession session =
                driver.associate(Reader.meter(meter, parameters), Reader.keys(meter), channel, Airtime.FREE, TIMEOUT)) {
            return session.read(DAY);
        }
    }
}
