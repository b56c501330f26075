package org.telar.simulator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import gurux.dlms.objects.GXDLMSData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.telar.simulator.fleet.Medium;
import org.telar.simulator.fleet.Meter;
import org.telar.simulator.fleet.MeterModel.Auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Faults 24, 25 and 27 on HDLC lines; frames are compared with the clean answer byte by byte (IEC 62056-46). */
class LineFaultTest {
    private static final GXDLMSData NAME = new GXDLMSData("0.0.42.0.0.255");

    @TempDir
    static Path data;

    private static Simulator simulator;

    @BeforeAll
    static void start() throws Exception {
        simulator = Sims.start(data, 20, Map.of(Medium.HDLC_TCP, 50, Medium.PTY, 50), 512, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        simulator.close();
    }

    @AfterEach
    void clear() {
        simulator.commands().run("{\"cmd\":\"fault-clear\"}");
    }

    private static Meter meter(Medium medium, int skip) {
        return simulator.fleet().meters().stream()
                .filter(m -> m.spec().medium() == medium)
                .skip(skip)
                .findFirst()
                .orElseThrow();
    }

    private static void fault(Meter meter, String kind) {
        assertThat(simulator
                        .commands()
                        .run("{\"cmd\":\"fault\",\"meter\":" + meter.spec().number()
                                + (",'kind':" + kind).replace('\'', '"') + "}"))
                .startsWith("{\"ok\":true");
    }

    private static GuruxClient open(Meter meter) throws Exception {
        return GuruxClient.open(meter.spec(), 16, Auth.NONE, meter.spec().credentials());
    }

    /** The client does not take any of these for an answer, and the same exchange works at once when the fault is over. */
    @ParameterizedTest
    @ValueSource(strings = {"bad-hcs", "bad-fcs", "truncate", "drop-reply", "drop-request"})
    @DisplayName("F24: a broken frame is no answer; the request repeated is answered with the same bytes")
    void brokenFrames(String kind) throws Exception {
        Meter meter = meter(Medium.HDLC_TCP, 0);
        try (GuruxClient client = open(meter).associate()) {
            byte[] request = client.dlms.read(NAME, 2)[0];
            fault(meter, "'" + kind + "','times':1");
            client.timeoutMillis = 300;
            byte[] broken = {};
            try {
                broken = client.raw(request);
            } catch (GuruxClient.Silence e) {
                // So it is with the lost ones.
            }
            byte[] good = client.raw(request);
            assertThat(good).isNotEqualTo(broken);
            assertThat(new String(good, StandardCharsets.US_ASCII))
                    .contains(meter.spec().identity());
            switch (kind) {
                case "bad-hcs" -> assertThat(differences(good, broken)).containsExactly(7, 29, 30);
                case "bad-fcs" -> assertThat(differences(good, broken)).containsExactly(30);
                case "truncate" -> assertThat(broken).isEqualTo(Arrays.copyOf(good, good.length / 2));
                default -> {
                    // The repeated request was answered: nothing more to see.
                }
            }
        }
    }

    private static List<Integer> differences(byte[] a, byte[] b) {
        assertThat(a).hasSameSizeAs(b);
        return java.util.stream.IntStream.range(0, a.length)
                .filter(i -> a[i] != b[i])
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"HDLC_TCP", "PTY"})
    @DisplayName("F24: echo, noise before and behind are around an answer that is whole")
    void around(Medium medium) throws Exception {
        Meter meter = meter(medium, 1);
        try (GuruxClient client = open(meter)) {
            byte[] snrm = client.dlms.snrmRequest();
            byte[] ua = client.raw(snrm);
            fault(meter, "'echo'");
            fault(meter, "'noise-before','value':5");
            fault(meter, "'noise-after','value':3");
            byte[] all = gather(client, snrm, snrm.length + 5 + ua.length + 3);
            assertThat(Arrays.copyOf(all, snrm.length)).isEqualTo(snrm);
            assertThat(Arrays.copyOfRange(all, snrm.length + 5, all.length - 3)).isEqualTo(ua);
        }
    }

    /** What comes in several reads, put together. */
    private static byte[] gather(GuruxClient client, byte[] request, int length) throws Exception {
        byte[] all = client.raw(request);
        while (all.length < length) {
            byte[] more = client.raw(new byte[0]);
            int at = all.length;
            all = Arrays.copyOf(all, at + more.length);
            System.arraycopy(more, 0, all, at, more.length);
        }
        return all;
    }

    @Test
    @DisplayName(
            "F24: wrong address, wrong sequence number and flipped bits, each with right check sequences but the last")
    void headers() throws Exception {
        Meter meter = meter(Medium.HDLC_TCP, 2);
        try (GuruxClient client = open(meter).associate()) {
            byte[] request = client.dlms.read(NAME, 2)[0];
            byte[] good = client.raw(request);
            fault(meter, "'wrong-address','times':1");
            byte[] foreign = client.raw(request);
            assertThat(foreign[5]).isEqualTo((byte) (good[5] ^ 2));
            assertThat(differences(good, foreign)).contains(5, 7, 8).doesNotContain(10, 11, 12);
            fault(meter, "'sequence','times':1");
            byte[] ahead = client.raw(request);
            int control = 6;
            assertThat((ahead[control] >> 1 & 7) - (good[control] >> 1 & 7) & 7).isEqualTo(1);
            assertThat(ahead[control] >> 5).isEqualTo(good[control] >> 5);
            fault(meter, "'bit-flip','value':1,'times':1");
            assertThat(differences(good, client.raw(request))).hasSize(1);
        }
    }

    @Test
    @DisplayName("F24: receive not ready twice; the answer waits and comes at the third poll")
    void notReady() throws Exception {
        Meter meter = meter(Medium.HDLC_TCP, 3);
        try (GuruxClient client = open(meter).associate()) {
            fault(meter, "'rnr','times':2");
            byte[] request = client.dlms.read(NAME, 2)[0];
            for (int i = 0; i < 2; i++) {
                byte[] busy = client.raw(request);
                assertThat(busy[6] & 0x1F).as("RNR with the final bit").isEqualTo(0x15);
            }
            assertThat(new String(client.raw(request), StandardCharsets.US_ASCII))
                    .contains(meter.spec().identity());
        }
    }

    @Test
    @DisplayName("F25: one byte at a time, with the pause that was asked for")
    void dripping() throws Exception {
        Meter meter = meter(Medium.PTY, 2);
        try (GuruxClient client = open(meter)) {
            byte[] snrm = client.dlms.snrmRequest();
            byte[] ua = client.raw(snrm);
            fault(meter, "'slow','value':10");
            long start = System.nanoTime();
            byte[] first = client.raw(snrm);
            assertThat(first.length).isLessThan(ua.length);
            byte[] all = first;
            while (all.length < ua.length) {
                byte[] more = client.raw(new byte[0]);
                int at = all.length;
                all = Arrays.copyOf(all, at + more.length);
                System.arraycopy(more, 0, all, at, more.length);
            }
            assertThat(all).isEqualTo(ua);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo((ua.length - 1) * 10_000_000L - 9_000_000L);
        }
    }

    @Test
    @DisplayName("F27: two meters with one address on one line, one after the other or as a collision")
    void collision() throws Exception {
        Meter owner = meter(Medium.HDLC_TCP, 4);
        Meter intruder = meter(Medium.HDLC_TCP, 5);
        try (GuruxClient client = open(owner)) {
            byte[] snrm = client.dlms.snrmRequest();
            byte[] ua = client.raw(snrm);
            String same = "{\"cmd\":\"same-address\",\"meter\":"
                    + intruder.spec().number() + ",\"of\":" + owner.spec().number();
            assertThat(simulator.commands().run(same + "}")).isEqualTo("{\"ok\":true}");
            assertThat(gather(client, snrm, 2 * ua.length)).hasSize(2 * ua.length);
            assertThat(simulator.commands().run(same + ",\"collide\":true}")).isEqualTo("{\"ok\":true}");
            assertThat(gather(client, snrm, ua.length))
                    .as("equal bytes survive a collision")
                    .isEqualTo(ua);
            client.timeoutMillis = 300;
            assertThatThrownBy(() -> client.raw(new byte[0])).isInstanceOf(GuruxClient.Silence.class);
        }
    }
}
