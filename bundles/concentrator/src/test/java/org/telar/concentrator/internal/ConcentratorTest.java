package org.telar.concentrator.internal;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.contract.Agenda;
import org.telar.contract.Contract;
import org.telar.contract.Order;
import org.telar.contract.Result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The concentrator at work: runs, orders, clocks, events. */
class ConcentratorTest extends ConcentratorFixture {
    @Test
    @DisplayName(
            "R41 R49 D12: a run brings the backfill window once; the next one asks for what is new and nothing else")
    void gapsOnly() throws Exception {
        start(line("A", "COMMISSIONED"));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        Result.RunSummary first = summary("run-1");
        assertThat(first.complete()).isTrue();
        assertThat(first.meters()).singleElement().satisfies(o -> {
            assertThat(o.samples()).isEqualTo(THREE_DAYS + TODAY);
            assertThat(o.newest()).contains(Instant.parse("2026-11-20T10:00:00Z"));
            assertThat(o.lastContact()).contains(NOW);
            assertThat(o.ko()).isEmpty();
        });
        assertThat(first.lastSequence()).isEqualTo(1);
        ReadRequest asked = meters.asked("A").get(0);
        assertThat(asked.profile())
                .containsExactly(
                        new TimeRange(Instant.parse("2026-11-17T03:00:00Z"), Instant.parse("2026-11-20T10:00:00Z")));
        assertThat(asked.closings())
                .containsExactly(
                        new TimeRange(Instant.parse("2026-11-18T02:59:59Z"), Instant.parse("2026-11-20T03:00:00Z")));

        clock.advance(Duration.ofDays(1));
        order(Order.Type.RUN_N2PLOAD, "run-2", "");
        assertThat(summary("run-2").meters().get(0).samples()).isEqualTo(96);
        List<ReadRequest> all = meters.asked("A");
        assertThat(all.get(all.size() - 1).profile())
                .containsExactly(
                        new TimeRange(Instant.parse("2026-11-20T10:00:00Z"), Instant.parse("2026-11-21T10:00:00Z")));

        order(Order.Type.RUN_N2PLOAD, "run-3", "");
        assertThat(summary("run-3").meters().get(0))
                .as("contact and nothing due")
                .satisfies(o -> assertThat(o.samples()).isZero())
                .satisfies(o -> assertThat(o.lastContact()).contains(clock.instant()));
    }

    @Test
    @DisplayName("R42 R50: a mute meter is not reached, keeps its last contact, and its gap is filled when it answers")
    void muteMeter() throws Exception {
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        clock.advance(Duration.ofDays(1));
        meters.mute.add("B");
        order(Order.Type.RUN_N2PLOAD, "run-2", "");
        Result.Outcome mute = outcome(summary("run-2"), "B");
        assertThat(mute.ko()).contains(Ko.METER_SILENT);
        assertThat(mute.lastContact()).contains(NOW);
        assertThat(mute.samples()).isZero();
        assertThat(outcome(summary("run-2"), "A").samples()).isEqualTo(96);
        await().atMost(SOON).until(() -> events.contains("METER_UNREACHED B"));
        meters.mute.clear();
        order(Order.Type.RUN_N2PLOAD, "run-3", "");
        assertThat(outcome(summary("run-3"), "B").samples()).isEqualTo(96);
        assertThat(events).contains("METER_REACHED B");
    }

    @Test
    @DisplayName("R50 F23: after an hour a mute meter is probed, and one that is back gives its gap in the same visit")
    void muteMeterComesBack() throws Exception {
        start(line("B", "COMMISSIONED"));
        meters.mute.add("B");
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        await().atMost(SOON).until(() -> events.contains("METER_UNREACHED B"));
        meters.mute.clear();
        assertThat(store.polls()).as("not before its time").isEmpty();
        later = Duration.ofHours(1);
        await().atMost(SOON).until(() -> !store.polls().isEmpty());
        assertThat(store.polls().get(0).activity()).as("outside a run").isEmpty();
        assertThat(meters.asked("B")).hasSize(2).first().isEqualTo(ReadRequest.probe());
        assertThat(events).contains("METER_REACHED B");
        order(Order.Type.RUN_N2PLOAD, "run-2", "");
        assertThat(outcome(summary("run-2"), "B").samples()).isZero();
    }

    @Test
    @DisplayName(
            "R40: one run at a time; an order meanwhile shares the running one and gets its summary under its own id")
    void attach() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.held.put("A", new CountDownLatch(1));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        await().atMost(SOON).until(() -> uplink.receipts().contains("run-1"));
        order(Order.Type.RUN_N2PLOAD, "run-2", "");
        // One thread takes orders in turn: when this one has been refused, run-2 has been seen.
        order(Order.Type.READ_STATUS, "marker", "X");
        result("marker");
        meters.release(new MeterId("A"));
        assertThat(summary("run-2").meters()).isEqualTo(summary("run-1").meters());
        assertThat(meters.asked("A")).hasSize(1);
    }

    @ParameterizedTest(name = "R32 R48 G4: meter {0} is refused by the concentrator with {1}")
    @CsvSource({"X, UNKNOWN_METER", "S, SUSPENDED", "B, NOT_COMMISSIONED"})
    void ownTableCheck(String meter, Ko ko) throws Exception {
        start(line("A", "COMMISSIONED"), line("S", "SUSPENDED"), line("B", "BOUND"));
        order(Order.Type.READ_REGISTERS, "o", meter);
        Result.OrderResult r = result("o");
        assertThat(r.state()).isEqualTo(Result.State.FAIL);
        assertThat(r.ko()).contains(ko);
        assertThat(r.who()).isEqualTo("concentrator");
        assertThat(meters.asked).as("no traffic to the meter").isEmpty();
    }

    @Test
    @DisplayName("R24 R25 R26: an order reads its meter; the result names the sequence of the reading")
    void readsRegisters() throws Exception {
        start(line("A", "COMMISSIONED"));
        order(Order.Type.READ_REGISTERS, "o-1", "A");
        Result.OrderResult r = result("o-1");
        assertThat(r.state()).isEqualTo(Result.State.EXE);
        assertThat(r.readingSequence()).isEqualTo(1);
        assertThat(store.polls()).singleElement().satisfies(p -> {
            assertThat(p.activity()).contains("o-1");
            assertThat(p.registers()).hasSize(1);
        });
        assertThat(uplink.receipts()).containsExactly("o-1");
    }

    @Test
    @DisplayName("R33: a silent meter, a refused key and a foreign identity each have their code and who refused")
    void failures() throws Exception {
        start(
                line("A", "COMMISSIONED"),
                line("B", "COMMISSIONED"),
                line("C", "COMMISSIONED"),
                line("D", "COMMISSIONED"));
        meters.mute.add("A");
        meters.refusing.put("B", Ko.AUTH_FAILED);
        meters.identities.put("C", "ID-D");
        meters.identities.put("D", "somebody new");
        for (String m : List.of("A", "B", "C", "D")) {
            order(Order.Type.READ_REGISTERS, "o-" + m, m);
        }
        assertThat(result("o-A").ko()).contains(Ko.METER_SILENT);
        assertThat(result("o-B").ko()).contains(Ko.AUTH_FAILED);
        assertThat(result("o-B").who()).isEqualTo("meter");
        assertThat(result("o-C").ko()).contains(Ko.IDENTITY);
        assertThat(result("o-D").ko()).contains(Ko.IDENTITY);
        assertThat(events)
                .as("D1: swapped addresses are told from a replaced meter")
                .contains("METER_AUTH_FAIL B", "METER_ADDRESS_MISMATCH C", "METER_REPLACED D");
        assertThat(store.polls()).as("nothing is committed under a wrong name").isEmpty();
    }

    @Test
    @DisplayName("D15: a late order is refused, never run; a repeated one is received again and run once")
    void lateAndRepeated() throws Exception {
        start(line("A", "COMMISSIONED"));
        concentrator.received(
                "orders", Contract.encode(order("late", Order.Type.READ_STATUS, "A", NOW.minusSeconds(1))));
        assertThat(result("late").ko()).contains(Ko.DEADLINE);
        order(Order.Type.READ_STATUS, "twice", "A");
        order(Order.Type.READ_STATUS, "twice", "A");
        result("twice");
        await().atMost(SOON).until(() -> uplink.receipts().equals(List.of("late", "twice", "twice")));
        assertThat(meters.asked("A")).hasSize(1);
    }

    @Test
    @DisplayName(
            "R89: profile and closings of a range from the meter, and again from the concentrator without the meter")
    void rangesFromMeterAndStore() throws Exception {
        start(line("A", "COMMISSIONED"));
        TimeRange day = new TimeRange(Instant.parse("2026-11-18T03:00:00Z"), Instant.parse("2026-11-19T03:00:00Z"));
        send("p", Order.Type.READ_PROFILE, day, Order.Source.METER);
        assertThat(result("p").state()).isEqualTo(Result.State.EXE);
        send("c", Order.Type.READ_CLOSINGS, day, Order.Source.METER);
        assertThat(result("c").state()).isEqualTo(Result.State.EXE);
        meters.mute.add("A");
        send("ps", Order.Type.READ_PROFILE, day, Order.Source.CONCENTRATOR);
        assertThat(result("ps").state()).isEqualTo(Result.State.EXE);
        assertThat(result("ps").readingSequence()).isPositive();
        TimeRange two = new TimeRange(day.from(), Instant.parse("2026-11-20T03:00:00Z"));
        send("ps2", Order.Type.READ_PROFILE, two, Order.Source.CONCENTRATOR);
        assertThat(result("ps2").state()).as("R73: fewer than asked is WARN").isEqualTo(Result.State.WARN);
        assertThat(result("ps2").detail()).isEqualTo("96 of 192 intervals asked for are there");
    }

    @Test
    @DisplayName(
            "D2 R91: a run shifts a clock that is 100 s off, after the profile, with old and new time in the event")
    void clockIsShifted() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.offsets.put("A", Duration.ofSeconds(-100));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        assertThat(summary("run-1").meters().get(0).samples()).isEqualTo(THREE_DAYS + TODAY);
        assertThat(meters.clockWrites.get("A")).containsExactly("shift 100");
        assertThat(events).contains("METER_CLOCK_SET A");
        assertThat(store.polls().get(0).clockOffset()).contains(Duration.ofSeconds(-100));
    }

    @Test
    @DisplayName("D2: above ten minutes a run only raises the alarm; an operator's order sets the clock")
    void operatorSetsClock() throws Exception {
        start(line("A", "COMMISSIONED"));
        meters.offsets.put("A", Duration.ofHours(2));
        order(Order.Type.CHECK_CLOCK, "check", "A");
        assertThat(result("check").state()).isEqualTo(Result.State.WARN);
        assertThat(meters.clockWrites).isEmpty();
        assertThat(events).contains("METER_CLOCK_DRIFT A");
        order(Order.Type.SET_CLOCK, "set", "A");
        assertThat(result("set").state()).isEqualTo(Result.State.EXE);
        assertThat(meters.clockWrites.get("A")).containsExactly("set");
    }

    @Test
    @DisplayName("D2 F20: without trust in the host clock no meter clock is written and no offset is claimed")
    void untrustedHost() throws Exception {
        trust.trusted = false;
        start(line("A", "COMMISSIONED"));
        meters.offsets.put("A", Duration.ofSeconds(-100));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        assertThat(meters.clockWrites).isEmpty();
        assertThat(store.polls().get(0).clockOffset()).isEmpty();
    }

    @Test
    @DisplayName("R44 D16: a status word is sent raw, old and new, once per change, over a restart too")
    void statusWords() throws Exception {
        start(line("A", "COMMISSIONED"));
        for (long word : new long[] {0, 5, 5}) {
            meters.words.put("A", word);
            String id = "o" + store.lastSequence();
            order(Order.Type.READ_STATUS, id, "A");
            result(id);
        }
        concentrator.close();
        start(line("A", "COMMISSIONED"));
        order(Order.Type.READ_STATUS, "after", "A");
        result("after");
        assertThat(Collections.frequency(events, "METER_STATUS_CHANGED A")).isEqualTo(1);
    }

    @Test
    @DisplayName("R1 of reliability: a reading that the store did not take is read again, not reported")
    void storeFails() throws Exception {
        start(line("A", "COMMISSIONED"));
        store.failures = 1;
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        assertThat(summary("run-1").meters().get(0).samples()).isEqualTo(THREE_DAYS + TODAY);
        assertThat(meters.asked("A")).hasSizeGreaterThan(1);
    }

    @Test
    @DisplayName("F32: garbage from the centre is refused with an event and stops nothing")
    void poison() throws Exception {
        start(line("A", "COMMISSIONED"));
        concentrator.received("orders", new byte[] {1, 2, 3});
        concentrator.received("activities", new byte[] {9});
        concentrator.received("nonsense", new byte[0]);
        assertThat(Collections.frequency(events, "MESSAGE_REJECTED ")).isEqualTo(2);
        order(Order.Type.READ_STATUS, "o", "A");
        result("o");
    }

    @Test
    @DisplayName("R45: status.json says what a person wants to know while the link is down")
    void statusFile() throws Exception {
        uplink.connected = false;
        start(line("A", "COMMISSIONED"));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        summary("run-1");
        await().atMost(SOON).untilAsserted(() -> assertThat(Files.readString(folder.resolve("status.json")))
                .contains("\"state\":\"running\"", "\"linkUp\":false", "\"highestSequence\":2", "\"backlogEntries\":2")
                .contains("\"backlogValues\":" + (THREE_DAYS + TODAY))
                .contains("{\"id\":\"run-1\",\"done\":1,\"total\":1,\"reached\":1,\"ended\":true}"));
    }

    @Test
    @DisplayName("R92: the agenda's run starts by itself, and a meter added to the table is read without a restart")
    void agendaAndTable() throws Exception {
        start(line("A", "COMMISSIONED"));
        Agenda agenda = new Agenda(
                1, SANTIAGO, List.of(new Agenda.Activity("n2pload", Agenda.Type.N2PLOAD, Optional.empty(), 60)));
        concentrator.received("activities", Contract.encode(agenda));
        await().atMost(SOON).until(() -> Files.exists(folder.resolve("agenda-runs.state")));
        Files.writeString(folder.resolve("meters.csv"), table(line("A", "COMMISSIONED"), line("B", "COMMISSIONED")));
        await().atMost(SOON).until(() -> events.contains("METER_TABLE_CHANGED "));
        clock.advance(Duration.ofHours(1));
        assertThat(summary("n2pload-gw-0001-20261120T1100Z").meters()).hasSize(2);
    }

    @Test
    @DisplayName("Bad input: without any usable table the concentrator refuses with a sentence")
    void noTable() {
        Settings settings = settings(folder.resolve("none.csv"));
        assertThatThrownBy(() -> new Concentrator(services(), settings))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("none.csv: there is no such file");
    }
}
