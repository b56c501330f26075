package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.meter.dlms.internal.HdlcPeer.Fault;
import org.telar.meter.dlms.internal.LinkException.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Our HDLC session against a secondary station on a line that loses, damages and repeats frames (R41, R44). */
class HdlcLinkTest {
    private static final MeterAddress.Hdlc ADDRESS = new MeterAddress.Hdlc(1, 17, 2);
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final int CLIENT = 1;

    private static byte[] bytes(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static HdlcPeer peer(int frameSize, Function<byte[], byte[]> application) {
        return new HdlcPeer(ADDRESS.encoded(), CLIENT, frameSize, application);
    }

    private static HdlcLink link(ScriptedChannel channel) {
        return new HdlcLink(channel, CLIENT, ADDRESS, TIMEOUT, HdlcNegotiation.MAX_INFORMATION);
    }

    @Property(tries = 60)
    @Label("IEC 62056-46 §6.4.4.5: APDUs of any size pass in segments of any negotiated size, both ways")
    void segmentation(
            @ForAll @IntRange(min = 128, max = 2030) int frame,
            @ForAll @IntRange(min = 1, max = 6000) int up,
            @ForAll @IntRange(min = 1, max = 20_000) int down)
            throws Exception {
        byte[] question = bytes(up);
        byte[] reply = bytes(down);
        HdlcPeer peer = peer(frame, got -> {
            assertThat(got).isEqualTo(question);
            return reply;
        });
        try (HdlcLink link = link(new ScriptedChannel(peer))) {
            link.open();
            assertThat(link.limits()).isEqualTo(new HdlcNegotiation(frame, frame));
            for (int i = 0; i < 3; i++) {
                link.send(question);
                assertThat(link.receive()).isEqualTo(reply);
            }
        }
        assertThat(peer.seen).allSatisfy(f -> assertThat(f.information().length).isLessThanOrEqualTo(frame));
        assertThat(peer.seen).allSatisfy(f -> assertThat(f.isFinal()).isTrue());
    }

    @Provide
    Arbitrary<List<Fault>> faults() {
        return Arbitraries.frequency(
                        net.jqwik.api.Tuple.of(12, Fault.NONE),
                        net.jqwik.api.Tuple.of(1, Fault.LOSE),
                        net.jqwik.api.Tuple.of(1, Fault.DAMAGE),
                        net.jqwik.api.Tuple.of(1, Fault.TWICE))
                .list()
                .ofSize(60);
    }

    @Property(tries = 150)
    @Label("R44: frames lost, damaged or repeated: every answer is right and each request runs once, or it fails")
    void unreliableLine(@ForAll("faults") List<Fault> faults) throws Exception {
        int[] executed = {0};
        HdlcPeer peer = peer(128, got -> {
            executed[0]++;
            return Arrays.copyOf(got, 300);
        });
        try (HdlcLink link = link(new ScriptedChannel(peer))) {
            link.open();
            peer.fault = n -> n < faults.size() ? faults.get(n) : Fault.NONE;
            for (int i = 1; i <= 4; i++) {
                byte[] question = bytes(200 + i);
                link.send(question);
                assertThat(link.receive()).isEqualTo(Arrays.copyOf(question, 300));
                assertThat(executed[0]).isEqualTo(i);
            }
        } catch (LinkException gaveUp) {
            assertThat(gaveUp.kind()).isIn(Kind.SILENT, Kind.BROKEN);
        }
    }

    @Test
    @DisplayName("R44: one lost frame, request or answer, is recovered")
    void oneLossIsRecovered() throws Exception {
        for (int lost = 0; lost < 12; lost++) {
            int which = lost;
            HdlcPeer peer = peer(128, got -> Arrays.copyOf(got, 300));
            try (HdlcLink link = link(new ScriptedChannel(peer))) {
                link.open();
                int base = 2;
                peer.fault = n -> n - base == which ? Fault.LOSE : Fault.NONE;
                link.send(bytes(200));
                assertThat(link.receive()).as("frame %d lost", lost).isEqualTo(Arrays.copyOf(bytes(200), 300));
            }
        }
    }

    @Test
    @DisplayName("a meter that ignores SNRM with parameters is asked without: 128 bytes")
    void fallsBack() throws Exception {
        HdlcPeer peer = peer(2030, got -> got);
        peer.ignoresParameters = true;
        try (HdlcLink link = link(new ScriptedChannel(peer))) {
            link.open();
            assertThat(link.limits()).isEqualTo(HdlcNegotiation.DEFAULT);
        }
    }

    @Test
    @DisplayName("R41 multidrop: frames of other meters and garbage on the line are left aside")
    void othersOnTheLine() throws Exception {
        HdlcPeer peer = peer(128, got -> bytes(500));
        ScriptedChannel channel = new ScriptedChannel(peer);
        byte[] other = new HdlcFrame(new byte[] {2, 0x25}, CLIENT, false, 0x10, false, bytes(50)).encoded();
        try (HdlcLink link = link(channel)) {
            link.open();
            channel.push(other);
            channel.push(new byte[] {0x7E, (byte) 0xA7, 1, 2, 3, 0x7E});
            link.send(bytes(10));
            assertThat(link.receive()).isEqualTo(bytes(500));
        }
    }

    @Test
    @DisplayName("IEC 62056-46 §6.4.4: a meter that lost the connection (DM) is BROKEN, so that it is associated again")
    void disconnectedMode() throws Exception {
        HdlcPeer peer = peer(128, got -> got);
        try (HdlcLink link = link(new ScriptedChannel(peer))) {
            link.open();
            peer.disconnected = true;
            assertThatThrownBy(() -> {
                        link.send(bytes(10));
                        link.receive();
                    })
                    .isInstanceOfSatisfying(
                            LinkException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BROKEN));
        }
    }

    @Test
    @DisplayName("R44: a mute meter gets a bounded number of frames and is SILENT")
    void mute() {
        ScriptedChannel channel = new ScriptedChannel(written -> List.of());
        try (HdlcLink link = link(channel)) {
            assertThatThrownBy(link::open).isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.kind())
                    .isEqualTo(Kind.SILENT));
        }
        assertThat(channel.written).hasSize(3);
    }

    @Test
    @DisplayName("R44: an answer in segments without end is cut off")
    void endlessSegments() throws Exception {
        int[] number = {0};
        HdlcPeer connect = peer(2030, got -> got);
        ScriptedChannel channel = new ScriptedChannel(written -> {
            if (number[0] == 0) {
                number[0] = 1;
                return connect.apply(written);
            }
            int n = number[0]++ - 1;
            int control = (n & 7) << 1 | HdlcFrame.PF | 1 << 5;
            return List.of(new HdlcFrame(ADDRESS.encoded(), CLIENT, false, control, true, bytes(2000)).encoded());
        });
        try (HdlcLink link = link(channel)) {
            link.open();
            link.send(bytes(10));
            assertThatThrownBy(link::receive)
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("more than " + ApduLink.MAX_APDU);
        }
    }
}
