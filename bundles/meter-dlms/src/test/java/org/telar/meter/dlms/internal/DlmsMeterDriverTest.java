package org.telar.meter.dlms.internal;

import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.channel.Channel;
import org.telar.api.meter.Airtime;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.meter.MeterException;
import org.telar.api.meter.MeterKeys;
import org.telar.api.meter.MeterReadout;
import org.telar.api.meter.MeterSession;
import org.telar.api.meter.ModelMemory;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.RegisterKind;
import org.telar.api.model.RegisterValue;
import org.telar.api.model.StatusWord;
import org.telar.api.model.TimeRange;
import org.telar.api.model.Unit;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.InvocationCounters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The driver as its callers see it, against a meter made of bytes: codes, airtime, identity, limits, noise. */
class DlmsMeterDriverTest {
    private static final Instant NOW = Instant.parse("2026-11-20T03:15:00Z");
    private static final ZoneId CHILE = ZoneId.of("America/Santiago");
    private static final String IDENTITY = "000100002a0000ff02";
    private static final String CLOCK = "00080000010000ff02";
    private static final String ALARM = "00010000616200ff02";

    private final Map<String, String> memory = new HashMap<>();
    private final PlainMeter plain = new PlainMeter();
    private final ScriptedChannel channel = new ScriptedChannel(plain);

    DlmsMeterDriverTest() {
        plain.objects.put(IDENTITY, "0904" + HexFormat.of().formatHex("TLA1".getBytes(StandardCharsets.US_ASCII)));
        plain.objects.put(CLOCK, "090c07ea0b1405000f000000b480");
        plain.objects.put(ALARM, "0600000005");
    }

    private DlmsMeterDriver driver() {
        ModelMemory notes = new ModelMemory() {
            @Override
            public Optional<String> recall(String key) {
                return Optional.ofNullable(memory.get(key));
            }

            @Override
            public void remember(String key, String value) {
                memory.put(key, value);
            }

            @Override
            public void forget(String key) {
                memory.remove(key);
            }
        };
        InvocationCounters counters = new InvocationCounters() {
            @Override
            public long reserve(MeterId meter, int count) {
                return 1;
            }

            @Override
            public void atLeast(MeterId meter, long next) {
                throw new AssertionError("nothing to resynchronise without ciphering");
            }
        };
        Gateway gateway = new Gateway("gw-0001", new byte[8], Path.of("."));
        return new DlmsMeterDriver(() -> gateway, counters, notes, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Meter meter(String identity, String address, Authentication authentication) {
        return new Meter(new MeterId("1"), "dlms", "M", identity, "line", address, 16, authentication, CHILE, Map.of());
    }

    private MeterSession open(String identity, Channel on, Airtime airtime) throws MeterException {
        Meter meter = meter(identity, "wrapper:1", Authentication.NONE);
        return driver().associate(meter, MeterKeys.EMPTY, on, airtime, Duration.ofMillis(200));
    }

    private static void fails(Ko ko, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(MeterException.class, e -> assertThat(e.ko())
                .as(e.toString())
                .isEqualTo(ko));
    }

    private static ReadRequest words() {
        return new ReadRequest(List.of(), List.of(), List.of(), true, List.of(Obis.ALARM_REGISTER));
    }

    @Test
    @DisplayName("R41 D14: identity, clock and status word come in one round trip, association and release apart")
    void oneTrip() throws Exception {
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            MeterReadout readout = session.read(words());
            assertThat(readout.identity()).isEqualTo("TLA1");
            assertThat(readout.clock()).contains(NOW);
            assertThat(readout.readAt()).isEqualTo(NOW);
            assertThat(readout.statusWords()).containsExactly(new StatusWord(Obis.ALARM_REGISTER, 5));
            assertThat(readout.roundTrips()).isEqualTo(1);
        }
        assertThat(channel.written).as("AARQ, GET, RLRQ").hasSize(3);
        assertThat(channel.isOpen())
                .as("the channel is not the driver's to close")
                .isTrue();
    }

    @Test
    @DisplayName("D1: another identity is refused before anything is returned or learned")
    void anotherMeter() throws Exception {
        try (MeterSession session = open("TLA2", channel, Airtime.FREE)) {
            fails(Ko.IDENTITY, () -> session.read(words()));
        }
        assertThat(memory).isEmpty();
    }

    @Test
    @DisplayName("airtime is asked for before every request and given back after every answer, failed ones included")
    void airtime() throws Exception {
        List<String> log = new ArrayList<>();
        Airtime airtime = () -> {
            log.add("granted");
            return () -> log.add("back");
        };
        try (MeterSession session = open("TLA1", channel, airtime)) {
            session.read(words());
            plain.objects.clear();
            plain.listLimit = 0;
            assertThatThrownBy(() -> session.read(words())).isInstanceOf(MeterException.class);
        }
        assertThat(log.size()).isGreaterThan(6);
        for (int i = 0; i < log.size(); i++) {
            assertThat(log.get(i)).isEqualTo(i % 2 == 0 ? "granted" : "back");
        }
    }

    @Test
    @DisplayName("D13: no airtime any more is CANCELLED; a closed channel METER_UNREACHABLE; silence METER_SILENT")
    void codes() throws Exception {
        int[] grants = {0};
        Airtime cancelled = () -> {
            if (grants[0]++ > 2) {
                throw new InterruptedIOException("deadline passed");
            }
            return () -> {};
        };
        try (MeterSession session = open("TLA1", channel, cancelled)) {
            session.read(words());
            fails(Ko.CANCELLED, () -> session.read(words()));
        }
        fails(Ko.METER_SILENT, () -> open("TLA1", new ScriptedChannel(written -> List.of()), Airtime.FREE));
        Channel gone = new Channel() {
            @Override
            public void write(byte[] bytes) throws java.io.IOException {
                throw new java.io.EOFException("closed by the router");
            }

            @Override
            public int read(byte[] into, Duration timeout) throws java.io.IOException {
                throw new java.io.EOFException("closed by the router");
            }

            @Override
            public boolean isOpen() {
                return false;
            }

            @Override
            public void close() {}
        };
        fails(Ko.METER_UNREACHABLE, () -> open("TLA1", gone, Airtime.FREE));
    }

    @Test
    @DisplayName("S29 D13: without keys for the table's security, or with a wrong address, nothing is sent")
    void nothingIsSent() {
        Duration wait = Duration.ofMillis(200);
        for (Authentication authentication : List.of(Authentication.LLS, Authentication.HLS5)) {
            Meter meter = meter("TLA1", "wrapper:1", authentication);
            fails(Ko.AUTH_FAILED, () -> driver().associate(meter, MeterKeys.EMPTY, channel, Airtime.FREE, wait));
        }
        for (String address : List.of("17", "wrapper:99999", "hdlc:1/20000", "tcp:1")) {
            Meter meter = meter("TLA1", address, Authentication.NONE);
            fails(Ko.UNSUPPORTED, () -> driver().associate(meter, MeterKeys.EMPTY, channel, Airtime.FREE, wait));
        }
        assertThat(channel.written).isEmpty();
    }

    @Test
    @DisplayName("D8: a counter told without protection that would use up ours for ever is not believed")
    void falseCounter() {
        byte[] exception = HexFormat.of().parseHex("d80206fffffffe");
        ScriptedChannel liar = new ScriptedChannel(written -> List.of(PlainMeter.wrapped(1, 16, exception)));
        MeterKeys keys = new MeterKeys(new byte[0], new byte[16], new byte[16]);
        Meter meter = meter("TLA1", "wrapper:1", Authentication.HLS5);
        fails(Ko.AUTH_FAILED, () -> driver().associate(meter, keys, liar, Airtime.FREE, Duration.ofMillis(200)));
    }

    @Test
    @DisplayName("D8 F23: a meter silent to both clients costs one request the next time, until it answers again")
    void mute() {
        boolean[] there = {false};
        ScriptedChannel line = new ScriptedChannel(written -> there[0] ? plain.apply(written) : List.of());
        MeterKeys keys = new MeterKeys(new byte[0], new byte[16], new byte[16]);
        Meter meter = meter("TLA1", "wrapper:1", Authentication.HLS5);
        DlmsMeterDriver driver = driver();
        Duration wait = Duration.ofMillis(50);
        fails(Ko.METER_SILENT, () -> driver.associate(meter, keys, line, Airtime.FREE, wait));
        assertThat(line.written).as("its own client, then the public one").hasSize(2);
        for (int i = 0; i < 2; i++) {
            line.written.clear();
            fails(Ko.METER_SILENT, () -> driver.associate(meter, keys, line, Airtime.FREE, wait));
            assertThat(line.written).as("the public client alone").hasSize(1);
        }
        there[0] = true;
        line.written.clear();
        assertThatThrownBy(() -> driver.associate(meter, keys, line, Airtime.FREE, wait))
                .as("a meter without security cannot end the association, but it is asked for one")
                .isInstanceOf(MeterException.class);
        assertThat(line.written).hasSizeGreaterThan(1);
    }

    @Test
    @DisplayName("R41: a model that refuses long lists is asked in shorter ones; the limit is learned once")
    void listLimit() throws Exception {
        plain.listLimit = 2;
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            assertThat(session.read(words()).statusWords()).hasSize(1);
            assertThat(memory).containsEntry("dlms/M/-/list-limit", "2");
            plain.listSizes.clear();
            session.read(words());
            assertThat(plain.listSizes).allMatch(n -> n <= 2);
        }
    }

    @Test
    @DisplayName("R41: on UDP a lost request or answer is asked anew; on TCP silence ends the visit")
    void lostDatagrams() throws Exception {
        for (int lost = 0; lost < 3; lost++) {
            int[] exchanges = {0};
            int which = lost;
            ScriptedChannel udp =
                    new ScriptedChannel(written -> exchanges[0]++ == which ? List.of() : plain.apply(written));
            udp.datagrams = true;
            try (MeterSession session = open("TLA1", udp, Airtime.FREE)) {
                assertThat(session.read(words()).identity())
                        .as("datagram %d lost", lost)
                        .isEqualTo("TLA1");
            }
        }
        List<byte[]> late = new ArrayList<>();
        int[] requests = {0};
        ScriptedChannel slow = new ScriptedChannel(written -> {
            late.addAll(plain.apply(written));
            if (++requests[0] == 2) {
                return List.of();
            }
            List<byte[]> now = List.copyOf(late);
            late.clear();
            return now;
        });
        slow.datagrams = true;
        try (MeterSession session = open("TLA1", slow, Airtime.FREE)) {
            assertThat(session.read(words()).identity()).as("late answers").isEqualTo("TLA1");
        }
        int[] exchanges = {0};
        ScriptedChannel tcp = new ScriptedChannel(written -> exchanges[0]++ == 1 ? List.of() : plain.apply(written));
        try (MeterSession session = open("TLA1", tcp, Airtime.FREE)) {
            fails(Ko.METER_SILENT, () -> session.read(words()));
        }
    }

    @Test
    @DisplayName("D16: a push that comes before the answer is peeled off")
    void push() throws Exception {
        plain.before = HexFormat.of().parseHex("0f00000001000203");
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            assertThat(session.read(words()).identity()).isEqualTo("TLA1");
        }
    }

    @Test
    @DisplayName("D18: a register's class and scaler are found and remembered; a demand brings its time")
    void registers() throws Exception {
        plain.objects.put("00030100010800ff02", "0600000064");
        plain.objects.put("00030100010800ff03", "02020fff161e");
        plain.objects.put("00040100010600ff02", "0600000005");
        plain.objects.put("00040100010600ff03", "02020f00161b");
        plain.objects.put("00040100010600ff05", "090c07ea0b1405000f000000b480");
        ReadRequest request = new ReadRequest(
                List.of(),
                List.of(),
                List.of(Obis.parse("1.0.1.8.0.255"), Obis.parse("1.0.1.6.0.255")),
                true,
                List.of());
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            MeterReadout readout = session.read(request);
            assertThat(readout.registers().get(0).kind()).isEqualTo(RegisterKind.ON_DEMAND);
            assertThat(readout.registers().get(0).stamp()).isEqualTo(NOW);
            assertThat(readout.registers().get(0).values())
                    .containsExactly(
                            new RegisterValue(
                                    Obis.parse("1.0.1.8.0.255"), new Unit(-1, Unit.WATT_HOUR), 100, Optional.empty()),
                            new RegisterValue(
                                    Obis.parse("1.0.1.6.0.255"), new Unit(0, Unit.WATT), 5, Optional.of(NOW)));
            assertThat(session.read(request).roundTrips()).as("learned").isEqualTo(1);
            ReadRequest unknown =
                    new ReadRequest(List.of(), List.of(), List.of(Obis.parse("1.0.9.8.0.255")), true, List.of());
            fails(Ko.UNSUPPORTED, () -> session.read(unknown));
        }
    }

    @Test
    @DisplayName("D2: a clock is never shifted by more than 900 s; a refusal is told")
    void shift() throws Exception {
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            fails(Ko.UNSUPPORTED, () -> session.shiftClock(Duration.ofSeconds(901)));
            fails(Ko.PROTOCOL, () -> session.shiftClock(Duration.ofSeconds(10)));
        }
    }

    @Property(tries = 150)
    @Label("R44: a meter that answers nonsense at any point gives a MeterException in time, never anything else")
    void nonsense(@ForAll @Size(max = 200) byte[] noise, @ForAll @IntRange(max = 3) int from, @ForAll boolean whole) {
        int[] exchanges = {0};
        ScriptedChannel noisy = new ScriptedChannel(written -> exchanges[0]++ < from
                ? plain.apply(written)
                : List.of(whole ? PlainMeter.wrapped(1, 16, nonEmpty(noise)) : noise));
        long begin = System.nanoTime();
        try (MeterSession session = open("TLA1", noisy, Airtime.FREE)) {
            session.read(words());
        } catch (MeterException e) {
            assertThat(e.ko()).isIn(Ko.PROTOCOL, Ko.METER_SILENT, Ko.AUTH_FAILED, Ko.UNSUPPORTED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    /** Well-formed data of any shape and depth, as bytes. */
    @Provide
    Arbitrary<String> data() {
        Arbitrary<String> simple = Arbitraries.of(
                "00",
                "0309",
                "0500000001",
                "0600000001",
                "0900",
                "090c07ea0b1405000f000000b480",
                "090cffffffffffffffffffffffff",
                "0a0141",
                "0f80",
                "10ffff",
                "11ff",
                "12ffff",
                "14ffffffffffffffff",
                "15ffffffffffffffff",
                "16ff",
                "173f800000",
                "183ff0000000000000",
                "1907ea0b1405000f000000b480",
                "1a07ea0b1405",
                "1b000000ff",
                "0408aa",
                "ff",
                "13020309 1112 0d".replace(" ", "") + "0c".repeat(13),
                "1302020912" + "0200");
        Arbitrary<String> rows = Combinators.combine(simple, simple, simple)
                .as((a, b, c) -> "0102" + "0203" + a + b + c + "0203" + c + b + a);
        return Arbitraries.recursive(
                () -> Arbitraries.oneOf(simple, rows),
                inner -> Arbitraries.oneOf(
                        rows,
                        inner.list().ofMaxSize(3).map(l -> "02" + hex(l)),
                        inner.list().ofMaxSize(3).map(l -> "01" + hex(l))),
                0,
                4);
    }

    private static String hex(List<String> elements) {
        return String.format("%02x", elements.size()) + String.join("", elements);
    }

    @Property(tries = 400)
    @Label("R44: a profile buffer of any well-formed data is rows, or a MeterException")
    void anyBuffer(@ForAll("data") String buffer) {
        memory.put(
                "dlms/M/-/profile/1.0.99.1.0.255",
                "1|1.0.99.1.0.255|900|96|8,0.0.1.0.0.255,2,0" + "|1,0.0.96.10.1.255,2,0|3,1.0.1.29.0.255,2,0,0,30");
        memory.put("dlms/M/-/stamp", "END");
        memory.put("dlms/M/-/deviation", "NORMAL");
        plain.objects.put("00070100630100ff02", buffer);
        plain.objects.put("00070100630100ff03", buffer);
        ReadRequest request = new ReadRequest(
                List.of(new TimeRange(NOW.minusSeconds(86_400), NOW)), List.of(), List.of(), true, List.of());
        try (MeterSession session = open("TLA1", channel, Airtime.FREE)) {
            assertThat(session.read(request).profiles()).hasSize(1);
        } catch (MeterException e) {
            assertThat(e.ko()).isIn(Ko.PROTOCOL, Ko.UNSUPPORTED, Ko.CLOCK_UNRESOLVED);
        }
    }

    private static byte[] nonEmpty(byte[] noise) {
        return noise.length == 0 ? new byte[] {0} : noise;
    }
}
