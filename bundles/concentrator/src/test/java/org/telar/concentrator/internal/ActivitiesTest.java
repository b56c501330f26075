package org.telar.concentrator.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterEvent;
import org.telar.api.model.Poll;
import org.telar.api.model.RegisterKind;
import org.telar.api.platform.PlatformHealth;
import org.telar.api.store.OutboxKind;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.Event;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Activities besides N2PLoad, the two paths of a meter, and the concentrator's own parts (R80, R89 to R92, R33). */
class ActivitiesTest extends ConcentratorFixture {
    private static final String SECOND_PATH = "second-medium=rf;second-address=b:7";

    @ParameterizedTest(name = "R92: activity {0} goes through all commissioned meters on demand and by the agenda")
    @EnumSource(value = Agenda.Type.class, names = "N2PLOAD", mode = EnumSource.Mode.EXCLUDE)
    void everyActivity(Agenda.Type type) throws Exception {
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"), line("S", "SUSPENDED"));
        activity("o-1", type.name());
        assertThat(result("o-1")).satisfies(r -> {
            assertThat(r.state()).isEqualTo(Result.State.EXE);
            assertThat(r.detail()).isEqualTo("2 of 2 meters");
        });
        uplink.connected = false;
        concentrator.received(
                "activities",
                Contract.encode(
                        new Agenda(1, SANTIAGO, List.of(new Agenda.Activity("often", type, Optional.empty(), 60)))));
        await().atMost(SOON).until(() -> java.nio.file.Files.exists(folder.resolve("agenda-runs.state")));
        clock.advance(Duration.ofHours(1));
        await().atMost(SOON).until(() -> events.contains("ACTIVITY_ENDED "));
        assertThat(meters.asked("S")).isEmpty();
        activity("o-2", "DANCE");
        assertThat(result("o-2").ko()).contains(Ko.UNSUPPORTED);
    }

    @Test
    @DisplayName("R89 R49: billing closings once; what the meter does not hold is not asked for again after a restart")
    void billingAndAbsentClosings() throws Exception {
        Instant month = Instant.parse("2026-11-19T03:00:00Z");
        meters.billed.put("A", List.of(month));
        meters.noClosings.add("A");
        start(line("A", "COMMISSIONED"));
        activity("o-1", "BILLING");
        result("o-1");
        activity("o-2", "BILLING");
        result("o-2");
        assertThat(store.polls().stream()
                        .flatMap(p -> p.registers().stream())
                        .filter(s -> s.kind() == RegisterKind.BILLING))
                .singleElement()
                .satisfies(s -> assertThat(s.stamp()).isEqualTo(month));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        concentrator.close();
        start(line("A", "COMMISSIONED"));
        order(Order.Type.RUN_N2PLOAD, "run-2", "");
        summary("run-2");
        assertThat(meters.asked("A").stream().filter(r -> !r.closings().isEmpty()))
                .hasSize(1);
    }

    @Test
    @DisplayName(
            "R89: instantaneous values on demand and event logs with a mark that survives a restart, each row once")
    void eventLogs() throws Exception {
        MeterEvent first = new MeterEvent(STANDARD_LOG, NOW.minusSeconds(7_200), 12, List.of());
        MeterEvent twin = new MeterEvent(STANDARD_LOG, NOW.minusSeconds(60), 7, List.of(3L));
        meters.logs.put("A", List.of(first, twin, twin));
        start(line("A", "COMMISSIONED"));
        activity("o-1", "EVENT_LOGS");
        result("o-1");
        assertThat(logEvents()).hasSize(3).extracting(Event::id).doesNotHaveDuplicates();
        assertThat(logEvents().get(0)).satisfies(e -> {
            assertThat(e.at()).isEqualTo(first.at());
            assertThat(e.detail()).containsEntry("code", "12").containsEntry("log", STANDARD_LOG.toString());
        });
        concentrator.close();
        start(line("A", "COMMISSIONED"));
        MeterEvent late = new MeterEvent(STANDARD_LOG, NOW.minusSeconds(600), 9, List.of());
        meters.logs.put("A", List.of(first, late, twin, twin));
        activity("o-2", "EVENT_LOGS");
        result("o-2");
        assertThat(logEvents())
                .as("also one that a clock set back wrote before the mark")
                .hasSize(4)
                .last()
                .satisfies(e -> assertThat(e.detail()).containsEntry("code", "9"));
        List<org.telar.api.meter.ReadRequest> asked = meters.asked("A");
        assertThat(asked.get(asked.size() - 1).logs().get(0).range().from())
                .as("an hour before the mark")
                .isEqualTo(twin.at().minus(Duration.ofHours(1)));
        order(Order.Type.READ_EVENTS, "o-3", "A");
        assertThat(result("o-3").detail()).isEqualTo("0 events of 3 rows");
        order(Order.Type.READ_INSTANT, "o-4", "A");
        assertThat(result("o-4").state()).isEqualTo(Result.State.EXE);
        assertThat(meters.asked("A").get(meters.asked("A").size() - 1).registers())
                .containsExactly(org.telar.api.model.Obis.parse("1.0.32.7.0"));
    }

    private List<Event> logEvents() {
        return store.payloads(OutboxKind.EVENT).stream()
                .map(bytes -> {
                    try {
                        return Contract.decodeEvent(bytes);
                    } catch (org.telar.contract.ContractException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    @Test
    @DisplayName(
            "R80: a meter silent on PLC is read over RF, the path recorded, told once, observed; and back after an hour")
    void failOver() throws Exception {
        start(twoPaths("A"));
        meters.muteOn.add("line/A");
        order(Order.Type.READ_REGISTERS, "o-1", "A");
        assertThat(result("o-1")).satisfies(r -> {
            assertThat(r.state()).as("A7: second path used with loss").isEqualTo(Result.State.WARN);
            assertThat(r.detail()).isEqualTo("read over its second path, rf");
        });
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        assertThat(summary("run-1").meters().get(0).ko()).isEmpty();
        assertThat(store.polls()).extracting(Poll::path).containsOnly("rf");
        meters.muteOn.clear();
        order(Order.Type.READ_REGISTERS, "o-2", "A");
        assertThat(result("o-2").state()).as("stays where it works").isEqualTo(Result.State.WARN);
        later = Duration.ofMinutes(61);
        order(Order.Type.READ_REGISTERS, "o-3", "A");
        assertThat(result("o-3").state()).isEqualTo(Result.State.EXE);
        assertThat(store.polls().get(store.polls().size() - 1).path()).isEqualTo("line");
        assertThat(Collections.frequency(events, "METER_PATH_CHANGED A"))
                .as("there and back")
                .isEqualTo(2);
        assertThat(events).as("never lost").doesNotContain("METER_UNREACHED A");
    }

    @Test
    @DisplayName("R80 R33: silent on both paths it is METER_SILENT, and lost is told once")
    void bothPathsFail() throws Exception {
        start(twoPaths("A"));
        meters.mute.add("A");
        order(Order.Type.READ_REGISTERS, "o-1", "A");
        assertThat(result("o-1").ko()).contains(Ko.METER_SILENT);
        await().atMost(SOON).until(() -> events.contains("METER_UNREACHED A"));
        meters.mute.clear();
        order(Order.Type.READ_REGISTERS, "o-2", "A");
        assertThat(result("o-2").state()).isEqualTo(Result.State.EXE);
        assertThat(events).contains("METER_REACHED A");
        assertThat(Collections.frequency(events, "METER_UNREACHED A")).isEqualTo(1);
    }

    private static String twoPaths(String id) {
        String plain = line(id, "COMMISSIONED");
        return plain.substring(0, plain.length() - 1) + SECOND_PATH + "\n";
    }

    @Test
    @DisplayName("R33 R34: a component's fault is raised once and cleared once; what cannot be told of does neither")
    void componentFaults() throws Exception {
        start(line("A", "COMMISSIONED"));
        health.component = new PlatformHealth.Component("modem", PlatformHealth.State.FAULT, "not answering");
        await().atMost(SOON).until(() -> events.contains("COMPONENT_FAULT "));
        health.component = new PlatformHealth.Component("modem", PlatformHealth.State.UNKNOWN, "");
        int signs = health.signs;
        await().atMost(SOON).until(() -> health.signs > signs + 1);
        assertThat(events).doesNotContain("COMPONENT_OK ");
        health.component = new PlatformHealth.Component("modem", PlatformHealth.State.OK, "");
        await().atMost(SOON).until(() -> events.contains("COMPONENT_OK "));
        assertThat(Collections.frequency(events, "COMPONENT_FAULT ")).isEqualTo(1);
    }

    @Test
    @DisplayName("R33: a line that opens and on which nobody answers is a fault of its own, told and cleared")
    void silentMedium() throws Exception {
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"), line("C", "COMMISSIONED"));
        meters.mute.addAll(List.of("A", "B", "C"));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        await().atMost(SOON).until(() -> events.contains("MEDIUM_SILENT "));
        meters.mute.clear();
        order(Order.Type.READ_STATUS, "o-1", "B");
        result("o-1");
        await().atMost(SOON).until(() -> events.contains("MEDIUM_ANSWERS "));
    }

    private void activity(String id, String type) {
        concentrator.received(
                "orders",
                Contract.encode(new Order(
                        id,
                        Order.Type.RUN_ACTIVITY,
                        Optional.empty(),
                        Optional.empty(),
                        Order.Source.METER,
                        clock.instant().plusSeconds(300),
                        Map.of("activity", type))));
    }
}
