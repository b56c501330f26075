package org.telar.collector.cli;

import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.reports.Report;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code telar report …} and {@code telar backup list} against the assembled collector. */
class ReportCommandTest {
    private static Shell telar;

    @BeforeAll
    static void start() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-cli-rep", "cli-rep-1");
        telar = new Shell(collector);
    }

    @Test
    @DisplayName(
            "R08, R29: the list of the reports, one as table, JSON and CSV, with its time; titles in the language of the environment")
    void show() {
        Shell.Ran list = telar.run(Map.of("LANG", "es_CL.UTF-8"), "report", "list", "--csv");
        assertThat(list.lines())
                .hasSize(Report.values().length + 1)
                .contains("2,missing,Intervalos faltantes y edad de los vacíos");
        Shell.Ran table = telar.run("report", "show", "reachability", "--rows", "--gateway", "gw-cli-rep");
        assertThat(table.code()).isZero();
        assertThat(table.out()).contains("cli-rep-1");
        assertThat(table.err()).contains("Reachability and stale runs, as of ");
        JsonNode json = telar.run("report", "show", "3", "--rows", "--gateway", "gw-cli-rep", "--json")
                .json();
        assertThat(json.path("kind").asString()).isEqualTo("report.reachability");
        assertThat(json.path("item").path("items").size()).isOne();
        Shell.Ran csv = telar.run("report", "show", "reachability", "--rows", "--gateway", "gw-cli-rep", "--csv");
        assertThat(csv.lines()).hasSize(2);
        assertThat(csv.lines().get(1)).startsWith("gw-cli-rep,cli-rep-1,COMMISSIONED,UNKNOWN");
        assertThat(csv.err()).isEmpty();
        assertThat(telar.run("report", "show", "dance").code()).isEqualTo(6);
        assertThat(telar.run("report", "show", "clocks", "--from", "2026-01-01").code())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("R08: a party is entered with its scope, served on request and removed, all from the command line")
    void subscription() {
        Shell.Ran made = telar.run(
                "report", "subscribe", "cli-party", "missing", "reachability", "--gateway", "gw-cli-rep", "--json");
        assertThat(made.code()).as(made.err()).isZero();
        String id = made.json().path("item").path("id").asString();
        assertThat(telar.run("report", "subscriptions").out())
                .contains("cli-party")
                .contains("ON_REQUEST");
        assertThat(telar.run("report", "deliver", id).code()).isZero();
        assertThat(telar.run("report", "deliveries", "--party", "cli-party", "--csv")
                        .lines())
                .hasSize(2);
        assertThat(telar.run("report", "subscribe", "p", "missing", "--automatic", "--every", "1h")
                        .code())
                .isEqualTo(2);
        assertThat(telar.run("report", "unsubscribe", id).code()).isZero();
        assertThat(telar.run("report", "unsubscribe", id).code()).isEqualTo(6);
        assertThat(telar.run("backup", "list").code()).isZero();
    }
}
