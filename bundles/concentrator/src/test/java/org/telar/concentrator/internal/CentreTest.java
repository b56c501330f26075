package org.telar.concentrator.internal;

import java.nio.file.Files;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;
import org.telar.contract.Agenda;
import org.telar.contract.Config;
import org.telar.contract.Contract;
import org.telar.contract.KeyTable;
import org.telar.contract.Order;
import org.telar.contract.Result;
import org.telar.contract.Table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the centre sends down: meter table, keys, agenda, configuration; and what it is told of it (R32, R88, D17). */
class CentreTest extends ConcentratorFixture {
    private static final MeterKeys KEYS = new MeterKeys(new byte[0], new byte[16], new byte[16]);

    @Test
    @DisplayName("R32 R88: the centre's table replaces the own one, is confirmed, and counts after a restart")
    void tableIsTaken() throws Exception {
        start(line("A", "COMMISSIONED"));
        push(new Table(7, table(line("B", "COMMISSIONED"), line("C", "BOUND")), new byte[0]));
        assertThat(applied("table", 7)).satisfies(a -> {
            assertThat(a.state()).isEqualTo(Result.State.EXE);
            assertThat(a.entries()).isEqualTo(2);
        });
        order(Order.Type.READ_REGISTERS, "o-a", "A");
        assertThat(result("o-a").ko()).as("removed").contains(Ko.UNKNOWN_METER);
        order(Order.Type.READ_REGISTERS, "o-b", "B");
        assertThat(result("o-b").state()).isEqualTo(Result.State.EXE);
        concentrator.close();
        start(line("A", "COMMISSIONED"));
        order(Order.Type.READ_REGISTERS, "o-a2", "A");
        assertThat(result("o-a2").ko()).contains(Ko.UNKNOWN_METER);
    }

    @Test
    @DisplayName(
            "Bad input: a bad line of the centre's table is named with its column and left out; a bad table changes nothing")
    void tableIsChecked() throws Exception {
        start(line("A", "COMMISSIONED"));
        push(new Table(3, table(line("B", "COMMISSIONED"), line("C", "SLEEPING")), new byte[0]));
        assertThat(applied("table", 3)).satisfies(a -> {
            assertThat(a.state()).isEqualTo(Result.State.WARN);
            assertThat(a.entries()).isEqualTo(1);
            assertThat(a.problems()).singleElement().asString().contains("line 3, column state", "got SLEEPING");
        });
        push(new Table(4, "nonsense\n", new byte[0]));
        push(new Table(4, "nonsense\n", new byte[0]));
        assertThat(applied("table", 4).state()).isEqualTo(Result.State.FAIL);
        push(new Table(2, table(line("D", "COMMISSIONED")), new byte[0]));
        assertThat(applied("table", 2).problems()).containsExactly("version 3 is in force");
        order(Order.Type.READ_REGISTERS, "o-b", "B");
        assertThat(result("o-b").state()).isEqualTo(Result.State.EXE);
        assertThat(answers(4)).as("retained, it comes with every link").isEqualTo(1);
        concentrator.close();
        start(line("A", "COMMISSIONED"));
        push(new Table(3, table(line("B", "COMMISSIONED")), new byte[0]));
        await().atMost(SOON).until(() -> answers(3) == 2);
    }

    private long answers(long version) {
        return results().stream()
                .filter(r -> r instanceof Result.Applied a && a.version() == version)
                .count();
    }

    @Test
    @DisplayName(
            "D17: table and keys are taken together; keys of another gateway, older ones, and unsigned ones refuse both")
    void keysComeSealed() throws Exception {
        start(line("A", "COMMISSIONED"));
        push(new Table(2, table(line("B", "COMMISSIONED")), sealed(new KeyTable("gw-0001", 2, Map.of(id("B"), KEYS)))));
        assertThat(applied("table", 2).state()).isEqualTo(Result.State.EXE);
        assertThat(keys.installed).containsOnlyKeys(id("B"));
        push(new Table(3, table(line("C", "COMMISSIONED")), sealed(new KeyTable("gw-0002", 3, Map.of(id("C"), KEYS)))));
        assertThat(applied("table", 3).problems()).containsExactly("the keys are for gateway gw-0002, this is gw-0001");
        push(new Table(4, table(line("C", "COMMISSIONED")), sealed(new KeyTable("gw-0001", 1, Map.of()))));
        assertThat(applied("table", 4).problems())
                .containsExactly("the keys have version 1, older than version 2 in force");
        push(new Table(5, table(line("C", "COMMISSIONED")), new byte[] {0, 1}));
        assertThat(applied("table", 5).problems())
                .containsExactly("the keys cannot be opened: not signed by the centre");
        assertThat(keys.installed).containsOnlyKeys(id("B"));
        order(Order.Type.READ_REGISTERS, "o-c", "C");
        assertThat(result("o-c").ko()).contains(Ko.UNKNOWN_METER);
        assertThat(Collections.frequency(events, "METER_TABLE_REFUSED ")).isEqualTo(3);
    }

    @Test
    @DisplayName(
            "R88 R34: register and bind, commission by association and identity, replace, remove; each with its code")
    void lifeOfAMeter() throws Exception {
        start(line("A", "COMMISSIONED"));
        order(Order.Type.COMMISSION, "unknown", "N");
        assertThat(result("unknown").ko()).contains(Ko.UNKNOWN_METER);
        push(new Table(1, table(line("N", "BOUND")), new byte[0]));
        applied("table", 1);
        meters.identities.put("N", "somebody else");
        order(Order.Type.COMMISSION, "wrong", "N");
        assertThat(result("wrong").ko()).as("D1").contains(Ko.IDENTITY);
        meters.identities.clear();
        meters.refusing.put("N", Ko.AUTH_FAILED);
        order(Order.Type.COMMISSION, "key", "N");
        assertThat(result("key").ko()).contains(Ko.AUTH_FAILED);
        meters.refusing.clear();
        later = Duration.ofMinutes(5);
        order(Order.Type.COMMISSION, "right", "N");
        assertThat(result("right")).satisfies(r -> {
            assertThat(r.state()).isEqualTo(Result.State.EXE);
            assertThat(r.detail()).isEqualTo("the meter associated over line and is ID-N");
            assertThat(r.readingSequence()).isPositive();
        });
        order(Order.Type.READ_REGISTERS, "early", "N");
        assertThat(result("early").ko()).as("not before the centre says so").contains(Ko.NOT_COMMISSIONED);
        push(new Table(2, table(line("N", "COMMISSIONED")), new byte[0]));
        applied("table", 2);
        order(Order.Type.READ_REGISTERS, "now", "N");
        assertThat(result("now").state()).isEqualTo(Result.State.EXE);
        push(new Table(3, table(line("N", "SUSPENDED")), new byte[0]));
        applied("table", 3);
        order(Order.Type.COMMISSION, "suspended", "N");
        assertThat(result("suspended").ko()).contains(Ko.SUSPENDED);
        push(new Table(4, table(line("N", "BOUND").replace("ID-N", "ID-NEW")), new byte[0]));
        applied("table", 4);
        meters.identities.put("N", "ID-NEW");
        order(Order.Type.COMMISSION, "replaced", "N");
        assertThat(result("replaced").detail()).contains("is ID-NEW");
        push(new Table(5, table(), new byte[0]));
        assertThat(applied("table", 5).entries()).isZero();
        order(Order.Type.COMMISSION, "removed", "N");
        assertThat(result("removed").ko()).contains(Ko.UNKNOWN_METER);
    }

    @Test
    @DisplayName("R83: configuration of the centre is taken whole or not at all, and counts after a restart")
    void configuration() throws Exception {
        start(line("A", "COMMISSIONED"));
        concentrator.received(
                "config",
                Contract.encode(
                        new Config(1, Map.of("retention.days", "400", "colour", "red", "registers", "1.0.1.8.0"))));
        assertThat(((Result.Applied) applied("config", 1)).problems())
                .containsExactly("colour: no such key", "retention.days: 1..366 expected, got 400");
        concentrator.received("config", Contract.encode(new Config(2, Map.of("retention.days", "1"))));
        assertThat(applied("config", 2).state()).isEqualTo(Result.State.EXE);
        order(Order.Type.RUN_N2PLOAD, "run", "");
        assertThat(summary("run").meters().get(0).samples())
                .as("one day, not three")
                .isEqualTo(96 + TODAY);
        concentrator.close();
        start(line("B", "COMMISSIONED"));
        order(Order.Type.RUN_N2PLOAD, "again", "");
        assertThat(summary("again").meters().get(0).samples()).isEqualTo(96 + TODAY);
    }

    @Test
    @DisplayName("R92: an agenda is confirmed; one with a name twice is refused with its reason")
    void agendaIsConfirmed() throws Exception {
        start(line("A", "COMMISSIONED"));
        Agenda.Activity night = new Agenda.Activity("night", Agenda.Type.N2PLOAD, Optional.of(LocalTime.of(0, 20)), 0);
        concentrator.received("activities", Contract.encode(new Agenda(1, SANTIAGO, List.of(night))));
        assertThat(applied("activities", 1).state()).isEqualTo(Result.State.EXE);
        concentrator.received("activities", Contract.encode(new Agenda(2, SANTIAGO, List.of(night, night))));
        assertThat(applied("activities", 2).problems())
                .containsExactly("activity \"night\": a name of its own expected, it comes twice");
    }

    @Test
    @DisplayName(
            "D15: an order in progress survives a restart: executed once, its result sent; a repeated one is not run again")
    void ordersSurviveARestart() throws Exception {
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"));
        order(Order.Type.READ_REGISTERS, "before", "B");
        result("before");
        meters.held.put("A", new CountDownLatch(1));
        order(Order.Type.READ_REGISTERS, "o-1", "A");
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        await().atMost(SOON).until(() -> uplink.receipts().contains("run-1"));
        concentrator.close();
        assertThat(results())
                .as("stopping is no result")
                .noneMatch(r -> r instanceof Result.OrderResult o && o.order().equals("o-1"));
        meters.held.clear();
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"));
        assertThat(result("o-1").state()).isEqualTo(Result.State.EXE);
        assertThat(summary("run-1").complete()).isTrue();
        int asked = meters.asked("B").size();
        order(Order.Type.READ_REGISTERS, "before", "B");
        order(Order.Type.READ_STATUS, "marker", "X");
        result("marker");
        assertThat(meters.asked("B")).as("known over the restart").hasSize(asked);
        assertThat(results().stream()
                        .filter(r ->
                                r instanceof Result.OrderResult o && o.order().equals("o-1")))
                .hasSize(1);
    }

    @Test
    @DisplayName("D15 D13: an order that waits can be cancelled; one that expired during a downtime is never run")
    void cancelAndExpiry() throws Exception {
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"));
        meters.held.put("A", new CountDownLatch(1));
        order(Order.Type.RUN_N2PLOAD, "run-1", "");
        await().atMost(SOON).until(() -> concentratorIsVisiting());
        order(Order.Type.READ_REGISTERS, "late", "A");
        order(Order.Type.READ_BILLING, "unwanted", "A");
        cancel("c-1", "unwanted");
        assertThat(result("c-1").state()).isEqualTo(Result.State.EXE);
        assertThat(result("unwanted").ko()).contains(Ko.CANCELLED);
        cancel("c-2", "nobody");
        assertThat(result("c-2").state()).isEqualTo(Result.State.WARN);
        concentrator.close();
        meters.held.clear();
        clock.advance(Duration.ofHours(1));
        int asked = meters.asked("A").size();
        start(line("A", "COMMISSIONED"), line("B", "COMMISSIONED"));
        assertThat(result("late").ko()).contains(Ko.DEADLINE);
        assertThat(meters.asked("A")).hasSize(asked);
    }

    private boolean concentratorIsVisiting() {
        return uplink.receipts().contains("run-1");
    }

    private void cancel(String id, String order) {
        concentrator.received(
                "orders",
                Contract.encode(new Order(
                        id,
                        Order.Type.CANCEL,
                        Optional.empty(),
                        Optional.empty(),
                        Order.Source.METER,
                        clock.instant().plusSeconds(300),
                        Map.of("order", order))));
    }

    @Test
    @DisplayName("D17: no key of the centre's is in any file or event of the concentrator's")
    void canary() throws Exception {
        start(line("A", "COMMISSIONED"));
        byte[] canary = "CANARY-0123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        push(new Table(
                2,
                table(line("A", "COMMISSIONED")),
                sealed(new KeyTable("gw-0001", 2, Map.of(id("A"), new MeterKeys(canary, new byte[0], new byte[0]))))));
        applied("table", 2);
        concentrator.close();
        try (var files = Files.list(folder)) {
            for (java.nio.file.Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("CANARY");
            }
        }
    }

    private void push(Table table) {
        concentrator.received("table", Contract.encode(table));
    }

    private static byte[] sealed(KeyTable keys) {
        return FakeKeys.sealed(Contract.encode(keys));
    }

    private static MeterId id(String number) {
        return new MeterId(number);
    }

    private Result.Applied applied(String kind, long version) {
        return (Result.Applied)
                awaited(r -> r instanceof Result.Applied a && a.kind().equals(kind) && a.version() == version);
    }
}
