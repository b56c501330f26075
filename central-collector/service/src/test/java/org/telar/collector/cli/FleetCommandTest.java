package org.telar.collector.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Ko;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.ScriptedGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator does from the command line, against the assembled collector and a concentrator on the real broker. */
class FleetCommandTest {
    private static RunningCollector collector;
    private static Shell telar;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
        telar = new Shell(collector);
    }

    @Test
    @DisplayName(
            "R20, R60, R73: read waits for the answer, tells its progress on stderr, and its exit code says how it ended")
    void read() throws Exception {
        collector.fleet("gw-cli1", "cli1-a", "cli1-b");
        try (ScriptedGateway gateway = new ScriptedGateway(
                new FakeEdge(collector, "gw-cli1"),
                collector.clock(),
                o -> o.meter().orElseThrow().number().equals("cli1-b")
                        ? Optional.of(Ko.values()[0])
                        : Optional.empty())) {
            Shell.Ran good = telar.run("read", "cli1-a", "--what", "status", "--wait", "--timeout", "30s", "--json");
            assertThat(good.err()).contains("EXE");
            assertThat(good.code()).isZero();
            assertThat(good.json().path("kind").asString()).isEqualTo("order");
            assertThat(good.json().path("item").path("type").asString()).isEqualTo("READ_STATUS");

            Shell.Ran bad = telar.run("read", "cli1-b", "--wait", "--timeout", "30s");
            assertThat(bad.code()).as(bad.err()).isEqualTo(4);
            assertThat(bad.out()).contains("FAIL");
            String order = good.json().path("item").path("id").asString();
            assertThat(telar.run("order", "show", order).out()).contains("EXE", "cli1-a");
            assertThat(telar.run("order", "list", "--meter", "cli1-a", "--csv").lines())
                    .hasSize(2);
            assertThat(telar.run("order", "cancel", order).code()).as("over").isEqualTo(7);
        }
        assertThat(telar.run("read", "cli1-none").code()).isEqualTo(6);
        assertThat(telar.run("read", "cli1-a", "--what", "soul").code()).isEqualTo(2);
        assertThat(telar.run("read", "cli1-a", "--source", "rumour").code()).isEqualTo(2);
        assertThat(telar.run(Map.of("LANG", "es_CL.UTF-8"), "read", "cli1-a", "--from", "ayer")
                        .err())
                .contains("No es un instante: ayer");
    }

    @Test
    @DisplayName("R61, R72: a plan takes the meters it can, says which it cannot, and is followed, paused and ended")
    void plan() throws Exception {
        collector.fleet("gw-cli2", "cli2-a", "cli2-b");
        Path file = RunningCollector.folder("cli").resolve("meters.csv");
        Files.writeString(file, "meter\ncli2-a\ncli2-b\ncli2-none\n");
        Shell.Ran made = telar.run(
                "plan",
                "create",
                "night",
                "--what",
                "registers,status",
                "--meters",
                file.toString(),
                "--hours",
                "22:00-05:00",
                "--json");
        assertThat(made.code()).as(made.err()).isEqualTo(3);
        assertThat(made.json().path("item").path("members").asInt()).isEqualTo(2);
        String id = made.json().path("item").path("id").asString();
        assertThat(telar.run("plan", "refusals", id).out()).contains("cli2-none");
        assertThat(telar.run("plan", "show", id).out()).contains("night");
        assertThat(telar.run("plan", "pause", id).code()).isZero();
        assertThat(telar.run("plan", "resume", id).code()).isZero();
        assertThat(telar.run("plan", "cancel", id).code())
                .as("nobody can be asked")
                .isEqualTo(6);
        assertThat(telar.run("plan", "cancel", id, "--yes").code()).isZero();
        assertThat(telar.run("plan", "list").out()).contains(id);
        assertThat(telar.run("plan", "show", "none").code()).isEqualTo(6);
    }

    @Test
    @DisplayName(
            "R85, R88: concentrators and meters are registered, imported line by line, listed and moved in their life")
    void registry() throws Exception {
        assertThat(telar.run("gateway", "register", "gw-cli3", "--name", "third")
                        .code())
                .isZero();
        Path file = RunningCollector.folder("cli").resolve("fleet.csv");
        Files.writeString(file, "meter,state\ncli3-a,BOUND\nbad number,BOUND\n");
        Shell.Ran dry = telar.run("meter", "import", file.toString(), "--gateway", "gw-cli3", "--dry-run");
        assertThat(dry.err()).contains("nothing was changed");
        assertThat(telar.run("meter", "show", "cli3-a").code()).isEqualTo(6);
        Shell.Ran done = telar.run("meter", "import", file.toString(), "--gateway", "gw-cli3", "--csv");
        assertThat(done.code()).isEqualTo(3);
        assertThat(done.lines().get(1)).startsWith("3,");
        assertThat(telar.run("meter", "state", "cli3-a", "commissioned").out()).contains("COMMISSIONED");
        assertThat(telar.run("meter", "list", "--gateway", "gw-cli3", "--json")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(telar.run("gateway", "list").out()).contains("gw-cli3");
        assertThat(telar.run("meter", "import", "/no/such/file").code()).isEqualTo(6);
        assertThat(telar.run("n2pload", "run", "gw-cli3").out()).contains("gw-cli3");
        assertThat(telar.run("n2pload", "list", "--gateway", "gw-cli3", "--csv").lines())
                .hasSize(2);
        assertThat(telar.run("n2pload", "gaps", "--gateway", "gw-none").code()).isZero();
    }

    @Test
    @DisplayName("R10, R34: state, events, alarms, accounts, tokens and the audit from the command line")
    void access() {
        assertThat(telar.run("status").out()).contains("broker connected");
        assertThat(telar.run("events", "--limit", "5", "--json")
                        .json()
                        .path("kind")
                        .asString())
                .isEqualTo("events");
        assertThat(telar.run("alarm", "list", "--csv").lines().get(0)).startsWith("id,severity,kind");
        assertThat(telar.run("alarm", "ack", "999999999").code()).isEqualTo(6);
        Shell.Ran token = telar.run("token", "create", "cli-display", "--scope", "read", "--days", "7", "--json");
        assertThat(token.json().path("item").path("token").asString()).hasSizeGreaterThan(40);
        assertThat(telar.run("token", "list").out()).contains("cli-display");
        assertThat(telar.run("token", "revoke", "cli-display").code()).isZero();
        assertThat(telar.run("token", "revoke", "cli-display").code()).isEqualTo(6);
        assertThat(telar.run("account", "invite", "cli.person", "--role", "lector")
                        .out())
                .containsPattern("[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}");
        assertThat(telar.run("audit", "--check").code()).isZero();
        assertThat(telar.run("audit", "--limit", "3").out()).contains("/api/v1/");
    }
}
