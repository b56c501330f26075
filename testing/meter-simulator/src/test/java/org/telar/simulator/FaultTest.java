package org.telar.simulator;

import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import gurux.dlms.objects.GXDLMSClock;
import gurux.dlms.objects.GXDLMSData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Faults 22, 23, 26, 28, 29 and 30 by the control socket, seen by hand-written requests and by Gurux's client. */
class FaultTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:34:56Z");
    private static final String CLOCK = "C001C100080000010000FF0200";
    private static final String NAME = "C001C1000100002A0000FF0200";
    private static final String PERIOD = "C001C100070100630100FF0400";
    private static final String PROFILE = "C001C100070100630100FF0200";

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(data, 30, Map.of(Medium.WRAPPER, 100), 512, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    @AfterEach
    void clear() {
        run("'cmd':'fault-clear'");
    }

    /** Runs a command given with single quotes and without braces. */
    private static String run(String command) {
        String reply = simulator.commands().run("{" + command.replace('\'', '"') + "}");
        assertThat(reply).startsWith("{\"ok\":true");
        return reply;
    }

    private static void fault(Meter meter, String kind) {
        run("'cmd':'fault','meter':" + meter.spec().number() + ",'kind':" + kind);
    }

    private static Meter meter(MeterModel model) {
        return Sims.meter(simulator, Medium.WRAPPER, model);
    }

    private static Raw open(Meter meter) throws Exception {
        Raw raw = new Raw(meter.spec(), 2);
        assertThat(raw.ask(Raw.passwordAarq(meter.spec().credentials().password(), 512)))
                .contains("A203020100");
        return raw;
    }

    /** No answer within 300 ms; what should answer is given the usual seconds. */
    private static void silent(Raw raw, String apdu) throws Exception {
        raw.timeout(300);
        assertThatThrownBy(() -> raw.ask(apdu)).isInstanceOf(SocketTimeoutException.class);
        raw.timeout(3000);
    }

    @Test
    @DisplayName("F22: the clock shows a wrong year, then no date at all; setting it heals it")
    void clock() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            fault(meter, "'clock-year','value':2099");
            assertThat(raw.ask(CLOCK)).isEqualTo("C401C100090C" + "08330B17FF09223800" + "00B480");
            fault(meter, "'clock-undefined'");
            assertThat(raw.ask(CLOCK)).isEqualTo("C401C100090C" + "FFFFFFFFFFFFFFFFFF" + "8000FF");
            String set = "C101C100080000010000FF0200" + "090C07EA0B17010922380000B480";
            assertThat(raw.ask(set)).isEqualTo("C501C100");
            assertThat(raw.ask(CLOCK)).isEqualTo("C401C100090C" + "07EA0B170109223800" + "00B480");
        }
    }

    @Test
    @DisplayName("F23: a late answer arrives when the client has given up, as the answer to its next request")
    void late() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            fault(meter, "'late','value':1500,'times':1");
            silent(raw, NAME);
            assertThat(raw.receive()).startsWith("C401C100090B");
            assertThat(raw.ask(CLOCK)).startsWith("C401C100090C");
        }
    }

    @Test
    @DisplayName("F23: stale replies run one request behind; a duplicate turns up as the answer to the next request")
    void stale() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            fault(meter, "'stale'");
            silent(raw, NAME);
            assertThat(raw.ask(CLOCK)).startsWith("C401C100090B");
            assertThat(raw.ask(NAME)).startsWith("C401C100090C");
            run("'cmd':'fault-clear','meter':" + meter.spec().number() + ",'kind':'stale'");
            fault(meter, "'duplicate','times':1");
            assertThat(raw.ask(CLOCK)).startsWith("C401C100090C");
            assertThat(raw.ask(NAME)).startsWith("C401C100090C");
            assertThat(raw.receive()).startsWith("C401C100090B");
        }
    }

    @Test
    @DisplayName("F23: every second reply lost by chance is the same on every run; skip and times count occasions")
    void seeded() throws Exception {
        Meter meter = meter(MeterModel.B);
        List<List<Boolean>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            fault(meter, "'drop-reply','probability':0.5,'seed':9");
            List<Boolean> heard = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                heard.add(meter.faults()
                        .strikes(org.telar.simulator.fleet.FaultKind.DROP_REPLY)
                        .isEmpty());
            }
            runs.add(heard);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).contains(true, false);
        clear();
        try (Raw raw = open(meter)) {
            fault(meter, "'drop-request','skip':1,'times':1");
            assertThat(raw.ask(NAME)).startsWith("C401");
            silent(raw, NAME);
            assertThat(raw.ask(NAME)).startsWith("C401");
        }
        assertThat(run("'cmd':'faults'")).contains("\"kind\":\"drop-request\",\"value\":0,\"struck\":1");
    }

    @Test
    @DisplayName("F24: on the wrapper, bits flip in the APDU, answers are cut, or name another sender")
    void wrapperNoise() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            String good = raw.ask(NAME);
            fault(meter, "'bit-flip','value':1,'times':1");
            byte[] bad = HexFormat.of().parseHex(raw.ask(NAME));
            int wrong = 0;
            byte[] right = HexFormat.of().parseHex(good);
            for (int i = 0; i < right.length; i++) {
                wrong += Integer.bitCount((right[i] ^ bad[i]) & 0xFF);
            }
            assertThat(wrong).isEqualTo(1);
            fault(meter, "'truncate','times':1");
            silent(raw, NAME);
        }
    }

    @Test
    @DisplayName("F26: silence from block 3 on, and the rest is there by a new request; endless and misnumbered blocks")
    void blocks() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            fault(meter, "'block-cut','value':3");
            assertThat(raw.ask(PROFILE)).startsWith("C402C10000000001");
            assertThat(raw.ask("C002C100000001")).startsWith("C402C10000000002");
            silent(raw, "C002C100000002");
            assertThat(raw.ask(NAME)).startsWith("C401C1");
            run("'cmd':'fault-clear'");
            fault(meter, "'endless-blocks'");
            String first = raw.ask("C001C100070100630200FF0200");
            List<String> blocks = new ArrayList<>(List.of(first));
            for (int number = 1; number < 40; number++) {
                blocks.add(raw.ask("C002C1" + String.format("%08X", number)));
            }
            assertThat(blocks).allMatch(block -> block.startsWith("C402C100"));
            long again = blocks.stream()
                    .filter(block -> block.substring(16).equals(first.substring(16)))
                    .count();
            assertThat(again).as("the contents start again").isGreaterThan(1);
            run("'cmd':'fault-clear'");
            fault(meter, "'block-number','times':1");
            assertThat(raw.ask(PROFILE)).startsWith("C402C10000000002");
        }
    }

    @Test
    @DisplayName("F26: an oversized APDU ignores what the client said it can take")
    void oversize() throws Exception {
        Meter meter = meter(MeterModel.B);
        try (Raw raw = open(meter)) {
            fault(meter, "'oversize','value':5000,'times':1");
            assertThat(raw.ask(PROFILE)).startsWith("C402C1").hasSize(2 * 5000);
            assertThat(raw.ask(PROFILE)).startsWith("C402C1").hasSize(2 * 512);
        }
    }

    @Test
    @DisplayName("F29: the same profile again, byte for byte, while the ledger goes on; then the truth")
    void sameProfile() throws Exception {
        Meter meter = meter(MeterModel.B);
        String oneRow = "C001C100070100630100FF020102" + "020406%08X06%08X1200011200" + "00";
        try (Raw raw = open(meter)) {
            fault(meter, "'same-profile'");
            String first = raw.ask(String.format(oneRow, 1, 1));
            assertThat(raw.ask(String.format(oneRow, 7, 7))).isEqualTo(first);
            run("'cmd':'fault-clear'");
            assertThat(raw.ask(String.format(oneRow, 7, 7))).isNotEqualTo(first);
        }
    }

    @Test
    @DisplayName("F30: other keys than the file says: refused as such, and the counter does not move")
    void wrongKey() throws Exception {
        Meter hls = meter(MeterModel.A);
        fault(hls, "'wrong-key'");
        long before = hls.acceptedCounter(1);
        try (GuruxClient client = GuruxClient.open(hls.spec())) {
            assertThatThrownBy(client::associate).hasMessageContaining("rejected");
        }
        assertThat(hls.acceptedCounter(1)).isEqualTo(before);
        Meter lls = meter(MeterModel.B);
        fault(lls, "'wrong-key'");
        try (Raw raw = new Raw(lls.spec(), 2)) {
            assertThat(raw.ask(Raw.passwordAarq(lls.spec().credentials().password(), 512)))
                    .contains("A203020101")
                    .contains("A305A10302010D");
        }
    }

    @Test
    @DisplayName("F30: a wrong authentication tag is noticed by Gurux's client; a replayed counter is on the wire")
    void badTagAndReplay() throws Exception {
        Meter meter = meter(MeterModel.A);
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            fault(meter, "'bad-tag','times':1");
            assertThatThrownBy(() -> client.exchange(client.dlms.read(new GXDLMSClock("0.0.1.0.0.255"), 2)))
                    .isInstanceOf(Exception.class);
            byte[] request = client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2)[0];
            byte[] first = client.raw(request);
            fault(meter, "'replayed-counter','times':1");
            byte[] second = client.raw(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2)[0]);
            // Wrapper header, tag, length, security control; then the counter.
            assertThat(Arrays.copyOfRange(second, 8 + 3, 8 + 7)).isEqualTo(Arrays.copyOfRange(first, 8 + 3, 8 + 7));
        }
    }

    @Test
    @DisplayName("D8: with counter-exception a stale counter is answered D8 02 06 and the last accepted one")
    void counterException() throws Exception {
        Meter meter = meter(MeterModel.C);
        run("'cmd':'counter','meter':" + meter.spec().number() + ",'value':" + 0x1234_5678);
        fault(meter, "'counter-exception'");
        try (GuruxClient client = GuruxClient.open(meter.spec())) {
            client.dlms.getCiphering().setInvocationCounter(0x1234_5678L);
            byte[] answer = client.raw(client.dlms.aarqRequest()[0]);
            assertThat(HexFormat.of().withUpperCase().formatHex(answer)).endsWith("0007D8020612345678");
        }
    }

    @Test
    @DisplayName("F28: a replaced meter has another name, new keys, registers from zero and an empty profile")
    void replaced() throws Exception {
        Meter old = simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == MeterModel.B)
                .skip(2)
                .findFirst()
                .orElseThrow();
        String reply = run("'cmd':'replace','meter':" + old.spec().number() + ",'keep_keys':true");
        Matcher number =
                Pattern.compile("\"meter\":(\\d+),\"identity\":\"TLB\\1\"").matcher(reply);
        assertThat(number.find()).isTrue();
        try (Raw raw = open(old)) {
            assertThat(raw.ask(NAME))
                    .endsWith(HexFormat.of()
                            .withUpperCase()
                            .formatHex(("TLB" + number.group(1)).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            assertThat(raw.ask("C001C100030100010800FF0200")).isEqualTo("C401C1000600000000");
            assertThat(raw.ask(PROFILE)).isEqualTo("C401C1000100");
            assertThat(raw.ask("C001C100070100630200FF0200")).isEqualTo("C401C1000100");
        }
        assertThat(ledger()).noneMatch(line -> line.startsWith(old.spec().serial()));
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"replace\",\"meter\":" + old.spec().number() + "}"))
                .contains("no meter");
    }

    private static List<String> ledger() throws Exception {
        Path file = data.resolve("fault-ledger.csv");
        run("'cmd':'ledger','from':'2026-11-22T00:00:00Z','to':'" + NOW + "','file':'" + file + "'");
        return Files.readAllLines(file);
    }

    private static List<String> ledger(Meter meter, String channel) throws Exception {
        return ledger().stream()
                .filter(line -> line.startsWith(meter.spec().number() + "," + channel))
                .map(line -> line.split(",")[3])
                .toList();
    }

    @Test
    @DisplayName("F28: a register runs over its end, another one jumps back; the ledger is what the meter shows")
    void registers() throws Exception {
        Meter meter = simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == MeterModel.B)
                .skip(1)
                .findFirst()
                .orElseThrow();
        String command = ",'meter':" + meter.spec().number() + ",'at':'2026-11-23T06:07:00Z'";
        run("'cmd':'register-rollover','modulus':1000000" + command);
        List<Double> values =
                ledger(meter, "1.0.1.8.0.255").stream().map(Double::parseDouble).toList();
        int falls = 0;
        for (int i = 1; i < values.size(); i++) {
            falls += values.get(i) < values.get(i - 1) ? 1 : 0;
        }
        assertThat(falls).isEqualTo(1);
        assertThat(values.get(0)).isGreaterThan(90_000.0).isLessThan(100_000.0);
        assertThat(values.get(values.size() - 1)).isLessThan(10_000.0);
        try (Raw raw = open(meter)) {
            long shown = Long.parseLong(raw.ask("C001C100030100010800FF0200").substring(10), 16);
            assertThat(shown).isEqualTo(meter.registerAt(org.telar.simulator.energy.Channel.IMPORT, NOW));
        }
        long before = meter.registerAt(org.telar.simulator.energy.Channel.Q1, NOW);
        run("'cmd':'register-back','seconds':86400" + command);
        assertThat(meter.registerAt(org.telar.simulator.energy.Channel.Q1, NOW)).isLessThan(before);
    }

    @Test
    @DisplayName(
            "F28: another capture period and other capture objects: shape, rows and ledger agree, nothing older is held")
    void shape() throws Exception {
        Meter meter = simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == MeterModel.B)
                .skip(3)
                .findFirst()
                .orElseThrow();
        String who = ",'meter':" + meter.spec().number();
        run("'cmd':'capture-period','seconds':1800,'at':'2026-11-23T06:00:00Z'" + who);
        run("'cmd':'capture-objects','channels':['1.0.1.8.0.255'],'at':'2026-11-23T06:00:00Z'" + who);
        try (Raw raw = open(meter)) {
            assertThat(raw.ask(PERIOD)).isEqualTo("C401C1000600000708");
            assertThat(raw.ask("C001C100070100630100FF0300")).startsWith("C401C1000103");
            // 06:30 to 12:30 in half hours.
            assertThat(raw.ask(PROFILE)).startsWith("C401C100010D0203090C");
        }
        assertThat(ledger(meter, "1.0.1.8.0.255")).hasSize(13);
        assertThat(ledger(meter, "1.0.2.8.0.255")).isEmpty();
    }

    @Test
    @DisplayName("F28: a buffer that wrapped: the meter and the ledger hold the last rows only")
    void wrapped() throws Exception {
        Meter meter = simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == MeterModel.C)
                .skip(1)
                .findFirst()
                .orElseThrow();
        run("'cmd':'buffer-rows','rows':10,'meter':" + meter.spec().number());
        assertThat(ledger(meter, "1.0.1.29.0.255")).hasSize(10);
        run("'cmd':'buffer-rows','meter':" + meter.spec().number());
        assertThat(ledger(meter, "1.0.1.29.0.255")).hasSize(96 + 50);
        run("'cmd':'buffer-clear','at':'2026-11-23T12:00:00Z','meter':"
                + meter.spec().number());
        assertThat(ledger(meter, "1.0.1.29.0.255")).hasSize(2);
    }

    @Test
    @DisplayName("F27: two meters with one address: both answer; afterwards each is at home again")
    void sameAddress() throws Exception {
        List<Meter> pair = simulator.fleet().meters().stream()
                .filter(m -> m.spec().model() == MeterModel.A)
                .limit(2)
                .toList();
        run("'cmd':'same-address','meter':" + pair.get(0).spec().number() + ",'of':"
                + pair.get(1).spec().number());
        try (Raw raw = new Raw(pair.get(1).spec(), 16);
                Raw left = new Raw(pair.get(0).spec(), 16)) {
            assertThat(List.of(raw.ask(Raw.publicAarq(512)), raw.receive())).allMatch(aare -> aare.startsWith("61"));
            String first = raw.ask(NAME);
            assertThat(raw.receive()).startsWith("C401C100090B").isNotEqualTo(first);
            silent(left, Raw.publicAarq(512));
            run("'cmd':'fault-clear'");
            assertThat(left.ask(Raw.publicAarq(512))).startsWith("61");
        }
    }

    @Test
    @DisplayName("a wrong fault is named, with what was expected")
    void wrong() {
        int number = meter(MeterModel.A).spec().number();
        assertThat(simulator.commands().run("{\"cmd\":\"fault\",\"meter\":" + number + ",\"kind\":\"plague\"}"))
                .contains("no fault \\\"plague\\\"; known: clock-year");
        assertThat(simulator.commands().run("{\"cmd\":\"fault\",\"meter\":" + number + ",\"kind\":\"late\",\"ms\":5}"))
                .contains("ms: no such argument here; known: kind, meter");
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"fault\",\"meter\":" + number + ",\"kind\":\"echo\",\"value\":5}"))
                .contains("the fault echo has none");
    }
}
