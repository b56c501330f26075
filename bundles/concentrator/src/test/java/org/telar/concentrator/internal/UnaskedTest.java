package org.telar.concentrator.internal;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.channel.NodeChannel.Node;
import org.telar.api.meter.Finding;
import org.telar.api.meter.Push;
import org.telar.api.model.MeterId;
import org.telar.api.model.Obis;
import org.telar.api.model.StatusWord;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What nobody asked for: pushes of meters, joins and leaves of nodes, and what a driver noticed (D16, D20, F28). */
class UnaskedTest extends ConcentratorFixture {
    private static final URI LINE = URI.create("tcp://line:1");
    private static final URI RF = URI.create("tcp://rf:1");

    @Test
    @DisplayName("D16 R90: a protected push becomes a reading and an event at once; the same word again is no change")
    void protectedPush() throws Exception {
        start(hls("A"));
        for (int i = 0; i < 2; i++) {
            concentrator.pushes().pushed(push("A", true, Optional.of("ID-A"), 5));
        }
        await().atMost(SOON).until(() -> store.polls().size() == 2);
        assertThat(store.polls().get(0).statusWords()).containsExactly(new StatusWord(Obis.ALARM_REGISTER, 5));
        await().atMost(SOON).until(() -> events.contains("METER_STATUS_CHANGED A"));
        assertThat(Collections.frequency(events, "METER_STATUS_CHANGED A")).isEqualTo(1);
        assertThat(meters.asked("A")).as("proof enough").isEmpty();
    }

    @Test
    @DisplayName(
            "D16 S29: an unprotected push of a meter that could cipher is no proof: the meter is asked, its answer counts")
    void unprotectedPush() throws Exception {
        start(hls("A"));
        meters.words.put("A", 0L);
        concentrator.pushes().pushed(push("A", false, Optional.empty(), 0xFF));
        await().atMost(SOON).until(() -> !store.polls().isEmpty());
        assertThat(store.polls().get(0).statusWords()).containsExactly(new StatusWord(Obis.ALARM_REGISTER, 0));
        assertThat(events).doesNotContain("METER_STATUS_CHANGED A");
    }

    @Test
    @DisplayName("D1 D16: a push under another identity, and one of nobody, goes up raw, once an hour")
    void strangersPush() throws Exception {
        start(line("A", "COMMISSIONED"));
        for (int i = 0; i < 3; i++) {
            concentrator.pushes().pushed(push("A", true, Optional.of("ID-B"), 5));
            concentrator.pushes().pushed(push("N", true, Optional.empty(), 5));
        }
        order(Order.Type.READ_STATUS, "marker", "A");
        result("marker");
        assertThat(Collections.frequency(events, "METER_ADDRESS_MISMATCH A")).isEqualTo(1);
        assertThat(Collections.frequency(events, "METER_PUSH_UNKNOWN ")).isEqualTo(1);
        assertThat(events).doesNotContain("METER_STATUS_CHANGED A");
        assertThat(concentrator.pushes().at("line", "a:A").orElseThrow().meter().id())
                .isEqualTo(new MeterId("A"));
        assertThat(concentrator.pushes().at("line", "a:Z")).isEmpty();
    }

    @Test
    @DisplayName("R50 Scheduling 4: a lost meter that joins again is probed at once")
    void joinIsProbed() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.mute.add("A");
        order(Order.Type.READ_STATUS, "o-1", "A");
        result("o-1");
        await().atMost(SOON).until(() -> events.contains("METER_UNREACHED A"));
        meters.mute.clear();
        concentrator.nodes().joined(LINE, node("ID-A"));
        await().atMost(SOON).until(() -> events.contains("METER_REACHED A"));
    }

    @Test
    @DisplayName(
            "D20: a meter that joined another base node is read there, WARN, told once; at home again when it comes back")
    void foreignIsland() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.muteOn.add("line/A");
        concentrator.nodes().joined(RF, node("ID-A"));
        concentrator.nodes().joined(RF, node("ID-A"));
        order(Order.Type.READ_REGISTERS, "o-1", "A");
        assertThat(result("o-1").state()).isEqualTo(Result.State.WARN);
        assertThat(store.polls().get(0).path()).isEqualTo("rf");
        assertThat(Collections.frequency(events, "METER_ON_FOREIGN_ISLAND A")).isEqualTo(1);
        concentrator.nodes().joined(RF, node("ID-X"));
        assertThat(events).as("a neighbour's meter").contains("METER_ON_FOREIGN_ISLAND ");
        meters.muteOn.clear();
        concentrator.nodes().left(RF, node("ID-A"));
        order(Order.Type.READ_REGISTERS, "o-2", "A");
        assertThat(result("o-2").state()).isEqualTo(Result.State.EXE);
    }

    @Test
    @DisplayName("F28: what a driver noticed is an event, once a day for each meter and kind")
    void findings() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.findings.put("A", List.of(new Finding(Finding.Code.DATA_OVERWRITTEN, "rows are gone")));
        for (int i = 0; i < 2; i++) {
            order(Order.Type.READ_STATUS, "o-" + i, "A");
            result("o-" + i);
        }
        assertThat(Collections.frequency(events, "DATA_OVERWRITTEN A")).isEqualTo(1);
        clock.advance(Duration.ofDays(1));
        order(Order.Type.READ_STATUS, "o-9", "A");
        result("o-9");
        assertThat(Collections.frequency(events, "DATA_OVERWRITTEN A")).isEqualTo(2);
    }

    private static String hls(String id) {
        return line(id, "COMMISSIONED").replace(",NONE,", ",HLS5,");
    }

    private static Node node(String identity) {
        return new Node(256, 0x0301, identity, "0080E1" + String.format("%06X", identity.hashCode() & 0xFFFFFF));
    }

    private static Push push(String meter, boolean isProtected, Optional<String> identity, long word) {
        return new Push(
                "line",
                "a:" + meter,
                Optional.of(new MeterId(meter)),
                Push.Service.DATA_NOTIFICATION,
                isProtected,
                NOW,
                Optional.of(NOW),
                identity,
                List.of(new StatusWord(Obis.ALARM_REGISTER, word)),
                new byte[] {0x0F, 1, 2});
    }
}
