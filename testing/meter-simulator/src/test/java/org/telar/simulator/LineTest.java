package org.telar.simulator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import gurux.dlms.GXReplyData;
import gurux.dlms.GXSimpleEntry;
import gurux.dlms.objects.GXDLMSData;
import gurux.dlms.objects.GXDLMSObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel;
import org.telar.simulator.fleet.MeterModel.Auth;
import org.telar.simulator.fleet.MeterSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Several meters on one line, mute meters, swapped addresses, broken frames (F23 F24, D1). */
class LineTest {
    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(
                data, 90, Map.of(Medium.WRAPPER, 34, Medium.HDLC_TCP, 33, Medium.PTY, 33), 1024, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    private static List<Meter> onFirstLine(Medium medium) {
        return simulator.fleet().meters().stream()
                .filter(m -> m.spec().medium() == medium && m.spec().line() == 1)
                .toList();
    }

    private static String name(GuruxClient client) throws Exception {
        GXReplyData reply = client.exchange(client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2));
        return new String((byte[]) reply.getValue(), StandardCharsets.US_ASCII);
    }

    /** R40: fifteen meters share a line; each keeps its own association and answers for itself. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("multidrop: every meter of a line answers under its own address")
    void multidrop(Medium medium) throws Exception {
        List<Meter> meters = onFirstLine(medium);
        assertThat(meters).hasSizeGreaterThan(10);
        for (Meter meter : meters) {
            try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
                assertThat(name(client)).isEqualTo(meter.spec().identity());
                client.exchange(client.dlms.disconnectRequest());
            }
        }
    }

    /** A frame for an address that is not on the line is nobody's, on TCP as on a pseudo terminal. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("multidrop: nobody answers for an absent address")
    void absent(Medium medium) throws Exception {
        MeterSpec present = onFirstLine(medium).get(0).spec();
        MeterSpec absent = new MeterSpec(
                1, present.model(), medium, present.endpoint(), 0, 99, present.line(), present.credentials());
        try (GuruxClient client = GuruxClient.open(absent, 16, Auth.NONE, absent.credentials())) {
            client.timeoutMillis = 300;
            assertThatThrownBy(client::associate).isInstanceOf(GuruxClient.Silence.class);
        }
    }

    /** F23: mute is mute on every layer; afterwards the same meter answers again. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"WRAPPER", "HDLC_TCP", "PTY"})
    @DisplayName("F23: a mute meter says nothing, its neighbours go on, and it comes back")
    void mute(Medium medium) throws Exception {
        List<Meter> meters = onFirstLine(medium == Medium.WRAPPER ? Medium.HDLC_TCP : medium);
        Meter muted = medium == Medium.WRAPPER ? Sims.meter(simulator, medium, MeterModel.A) : meters.get(0);
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"mute\",\"meters\":[" + muted.spec().number() + "]}"))
                .isEqualTo("{\"ok\":true,\"meters\":1}");
        try (GuruxClient client = GuruxClient.open(muted.spec())) {
            client.timeoutMillis = 300;
            assertThatThrownBy(client::associate).isInstanceOf(GuruxClient.Silence.class);
        }
        try (GuruxClient client = GuruxClient.open(meters.get(1).spec()).associate()) {
            assertThat(name(client)).isEqualTo(meters.get(1).spec().identity());
        }
        simulator.commands().run("{\"cmd\":\"unmute\",\"meters\":\"all\"}");
        try (GuruxClient client = GuruxClient.open(muted.spec()).associate()) {
            assertThat(name(client)).isEqualTo(muted.spec().identity());
        }
    }

    /** D1: after a swap the address leads to the other meter, even inside an open association. */
    @Test
    @DisplayName("D1: two meters swap addresses; the address answers with the other identity")
    void swap() throws Exception {
        List<Meter> pair = simulator.fleet().meters().stream()
                .filter(m -> m.spec().medium() == Medium.WRAPPER && m.spec().model() == MeterModel.B)
                .limit(2)
                .toList();
        String swap = "{\"cmd\":\"swap\",\"a\":" + pair.get(0).spec().number() + ",\"b\":"
                + pair.get(1).spec().number() + "}";
        MeterSpec first = pair.get(0).spec();
        assertThat(simulator.commands().run(swap)).isEqualTo("{\"ok\":true}");
        try (GuruxClient client = GuruxClient.open(
                        first, 2, Auth.LLS, pair.get(1).spec().credentials())
                .associate()) {
            assertThat(name(client)).isEqualTo(pair.get(1).spec().identity());
        }
        assertThat(simulator.commands().run(swap)).isEqualTo("{\"ok\":true}");
        try (GuruxClient client = GuruxClient.open(first).associate()) {
            assertThat(name(client)).isEqualTo(first.identity());
        }
    }

    /** F24: noise, a cut frame and a frame with a flipped bit before a good one: only the good one is answered. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("F24: resynchronises within one frame; a bad check sequence is not answered")
    void resynchronises(Medium medium) throws Exception {
        Meter meter = onFirstLine(medium).get(2);
        try (GuruxClient client =
                GuruxClient.open(meter.spec(), 16, Auth.NONE, meter.spec().credentials())) {
            byte[] snrm = client.dlms.snrmRequest();
            byte[] flipped = snrm.clone();
            flipped[snrm.length - 2] ^= 4;
            client.timeoutMillis = 300;
            assertThatThrownBy(() -> client.raw(flipped)).isInstanceOf(GuruxClient.Silence.class);
        }
        try (GuruxClient client =
                GuruxClient.open(meter.spec(), 16, Auth.NONE, meter.spec().credentials())) {
            byte[] snrm = client.dlms.snrmRequest();
            byte[] noisy = new byte[6 + snrm.length];
            System.arraycopy(new byte[] {0x55, 0x7E, (byte) 0xA7, (byte) 0xFF, 0x02, 0x7E}, 0, noisy, 0, 6);
            System.arraycopy(snrm, 0, noisy, 6, snrm.length);
            client.dlms.parseUAResponse(client.exchange(noisy).getData());
            assertThat(client.dlms.getHdlcSettings().getWindowSizeRX()).isEqualTo(1);
        }
    }

    /** F24: the client did not get our answer and sends its frame again: same answer, and the request is served once. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("F24: a repeated information frame gets the same answer and is not served twice")
    void repeatedFrame(Medium medium) throws Exception {
        Meter meter = onFirstLine(medium).get(3);
        simulator.commands().run("{\"cmd\":\"stats-reset\"}");
        try (GuruxClient client = GuruxClient.open(
                        meter.spec(), 16, Auth.NONE, meter.spec().credentials())
                .associate()) {
            byte[] request = client.dlms.read(new GXDLMSData("0.0.42.0.0.255"), 2)[0];
            byte[] first = client.raw(request);
            assertThat(client.raw(request)).isEqualTo(first);
            assertThat(simulator.commands().run("{\"cmd\":\"stats\"}"))
                    .contains("\"associations\":1,\"requests\":1,\"max_requests_per_meter\":1");
        }
    }

    /** A request longer than the information field comes in segments; the answer goes out in segments. */
    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("HDLC: segments of 128 bytes in both directions")
    void segmentsBothWays(Medium medium) throws Exception {
        Meter meter = onFirstLine(medium).stream()
                .filter(m -> m.spec().model() == MeterModel.A)
                .findFirst()
                .orElseThrow();
        try (GuruxClient client = GuruxClient.open(meter.spec()).associate()) {
            List<Map.Entry<GXDLMSObject, Integer>> wanted = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                wanted.add(new GXSimpleEntry<>(new GXDLMSData("0.0.42.0.0.255"), 2));
            }
            byte[][] frames = client.dlms.readList(wanted);
            assertThat(List.of(frames)).hasSize(2).allMatch(f -> f.length <= 128 + 14);
            List<?> names = (List<?>) client.exchange(frames).getValue();
            assertThat(names).hasSize(10).allMatch(n -> new String((byte[]) n, StandardCharsets.US_ASCII)
                    .equals(meter.spec().identity()));
        }
    }

    @Test
    @DisplayName("fleet.csv holds keys: mode 0600, one row a meter, lines linked to pseudo terminals")
    void files() throws Exception {
        Path fleet = data.resolve("fleet.csv");
        assertThat(Files.getPosixFilePermissions(fleet)).hasSize(2);
        List<String> lines = Files.readAllLines(fleet);
        assertThat(lines).hasSize(91);
        int columns = lines.get(0).split(",", -1).length;
        assertThat(lines).allMatch(line -> line.split(",", -1).length == columns);
        assertThat(Files.isSymbolicLink(data.resolve("line-1"))).isTrue();
        assertThat(data.resolve("line-1").toRealPath().toString()).startsWith("/dev/pts/");
    }
}
