package org.telar.collector.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code telar legacy …} against the assembled collector: what an operator sees of files, and how he brings them back. */
class LegacyCommandTest {
    private static RunningCollector collector;
    private static LegacyFolder folder;
    private static DataSource legacy;
    private static Shell telar;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
        folder = collector.bean(LegacyFolder.class);
        legacy = collector.bean("legacyDataSource", DataSource.class);
        telar = new Shell(collector);
    }

    @Test
    @DisplayName(
            "R65, G10: a rejected file is listed, shown and put right; it comes back on request and is loaded once; the journal of a loaded one refuses")
    void rejectedComesBack() throws Exception {
        String good = Xml.good("cli-1", "cli-meter-1", "0.5");
        put("cli-one.xml", good.replace("m:timeStamp>", "m:timestamp>"));
        assertThat(state("cli-one.xml")).isEqualTo("REJECTED");

        Shell.Ran list = telar.run("legacy", "files", "--text", "cli-one", "--csv");
        assertThat(list.code()).isZero();
        assertThat(list.lines().get(0)).startsWith("id,name,state,warn,code");
        assertThat(list.lines().get(1)).contains(",cli-one.xml,REJECTED,false,1.8,");
        Shell.Ran show = telar.run("legacy", "show", "cli-one.xml", "--json");
        assertThat(show.json().path("version").asInt()).isOne();
        assertThat(show.json().path("kind").asString()).isEqualTo("legacy.file");
        assertThat(show.json().path("item").path("file").path("reason").asString())
                .contains("timestamp");
        assertThat(telar.run("legacy", "show", "cli-none.xml").code()).isEqualTo(6);
        assertThat(telar.run("legacy", "quarantine").out()).contains("cli-one.xml");

        // As it is it is refused again, and says so with the exit code of a conflict.
        Shell.Ran again = telar.run("legacy", "reinject", "cli-one.xml", "--wait", "--timeout", "30s", "--csv");
        assertThat(again.lines().get(1)).contains(",REJECTED,1.8,");
        assertThat(again.code()).isEqualTo(7);

        // The quick way past a fault of the sender's: its content put right under another name is another file.
        put("cli-two.xml", good);
        assertThat(state("cli-two.xml")).isEqualTo("LOADED");
        Shell.Ran loaded = telar.run("legacy", "reinject", "cli-two.xml");
        assertThat(loaded.code()).isEqualTo(7);
        assertThat(loaded.out()).contains("REFUSED").contains("is loaded");
        assertThat(telar.run("legacy", "reinject", "cli-two.xml", "cli-one.xml", "--dry-run")
                        .out())
                .contains("LOADED")
                .contains("WOULD_COME_BACK");
    }

    @Test
    @DisplayName(
            "R65: a file that waits for its hour, and one that was discarded and lies in the archive, come back at once")
    void waitingAndArchived() throws Exception {
        put("cli-discarded.xml", "<invoice xmlns=\"urn:other\"><n>" + System.nanoTime() + "</n></invoice>");
        assertThat(state("cli-discarded.xml")).isEqualTo("DISCARDED");
        Shell.Ran back = telar.run("legacy", "reinject", "cli-discarded.xml", "--wait", "--json");
        assertThat(back.json().path("items").path(0).path("result").asString()).isEqualTo("DISCARDED");
        assertThat(TestDatabases.rows(legacy, "SELECT attempts FROM file_journal WHERE name = 'cli-discarded.xml'"))
                .as("it was tried anew")
                .containsExactly("1");

        String name = "cli-waits.xml";
        String good = Xml.good("cli-3", "cli-meter-3", "0.5");
        Files.writeString(
                folder.retry().resolve(name + ".retry"),
                "attempts=3\nnext=2999-01-01T00:00:00Z\ncode=5.3\nreason=database\n");
        TestDatabases.execute(
                legacy,
                "INSERT INTO file_journal (name, sha256, state, code, reason, attempts, size_bytes, created_at) VALUES ('"
                        + name + "', sha256('" + good + "'::bytea), 'RETRY_WAIT', '5.3', 'database', 3, 1, now())");
        put(name, good);
        assertThat(state(name)).isEqualTo("RETRY_WAIT");
        Shell.Ran now = telar.run("legacy", "reinject", name, "--wait", "--csv");
        assertThat(now.lines().get(1)).contains(",LOADED,");
        assertThat(now.code()).isZero();
    }

    @Test
    @DisplayName(
            "D9: a block put aside is listed and comes back when its meter is accepted; nobody is asked without --yes")
    void block() throws Exception {
        put("cli-block.xml", Xml.good("cli-4", "cli-meter-4", "0.5").replace("SMMC-HES", "OTHER-HES"));
        assertThat(state("cli-block.xml")).isEqualTo("LOADED");
        JsonNode blocks =
                telar.run("legacy", "quarantine", "--json").json().path("item").path("blocks");
        String id = "";
        for (JsonNode b : blocks) {
            id = b.path("file").asString().equals("cli-block.xml")
                    ? b.path("id").asString()
                    : id;
        }
        assertThat(id).isNotEmpty();
        assertThat(telar.run("legacy", "show", "cli-block.xml").out())
                .contains("cli-meter-4")
                .contains("2.4");
        Shell.Ran silent = telar.run("legacy", "reinject", "--all-blocks");
        assertThat(silent.code()).isEqualTo(6);
        assertThat(silent.err()).contains("--yes");

        assertThat(telar.run("legacy", "reinject", "--block", id, "--csv")
                        .lines()
                        .get(1))
                .isEqualTo("block," + id + ",LOADED,,");
        assertThat(telar.run("legacy", "reinject", "--block", id).code()).isEqualTo(7);
        assertThat(TestDatabases.rows(legacy, "SELECT value FROM lp_sample WHERE meter = 'cli-meter-4'"))
                .containsExactly("500");
    }

    @Test
    @DisplayName("Lag names each arrow of the way; Spanish by the environment; a wrong token is exit code 5")
    void lag() throws Exception {
        Shell.Ran lag = telar.run(Map.of("LANG", "es_CL.UTF-8"), "legacy", "lag");
        assertThat(lag.code()).isZero();
        assertThat(lag.lines().get(0)).startsWith("etapa");
        assertThat(lag.out()).contains("database", "queue", "inbox", "retry", "validation");
        Path wrong = collector.data().resolveSibling("wrong-token");
        Files.deleteIfExists(wrong);
        Files.createFile(
                wrong,
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------")));
        Files.writeString(wrong, "guess");
        Shell.Ran refused = telar.run("legacy", "lag", "--token-file", wrong.toString());
        assertThat(refused.code()).isEqualTo(5);
        assertThat(refused.err()).contains("refuses the token");
        assertThat(refused.out()).isEmpty();
    }

    private static void put(String name, String xml) throws Exception {
        Path hidden = folder.inbox().resolve("." + name);
        Files.writeString(hidden, xml);
        Files.move(hidden, folder.inbox().resolve(name));
    }

    /** The state once the integrator has looked. */
    private static String state(String name) {
        String[] last = {""};
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            var rows = TestDatabases.rows(legacy, "SELECT state FROM file_journal WHERE name = '" + name + "'");
            last[0] = rows.isEmpty() ? "" : rows.get(0);
            return !last[0].isEmpty() && !last[0].matches("WRITTEN|VALIDATING");
        });
        return last[0];
    }

    @Test
    @DisplayName(
            "R16, R27: a request of the utility and its answer are in the journal, found by MessageID from the command line")
    void journal() throws Exception {
        String request = "<RequestMessage xmlns=\"http://iec.ch/TC57/2011/schema/message\"><Header><Verb>get</Verb>"
                + "<Noun>MeterReadings</Noun><Timestamp>2026-11-20T00:00:00Z</Timestamp><Source>cli</Source>"
                + "<MessageID>cli-journal-1</MessageID></Header></RequestMessage>";
        assertThat(collector.status(collector
                        .request("/api/v1/cim")
                        .header("Content-Type", "application/xml")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(request))))
                .isBetween(200, 499);
        Shell.Ran found = telar.run("legacy", "journal", "--message", "cli-journal-1", "--csv");
        assertThat(found.code()).as(found.err()).isZero();
        assertThat(found.out()).contains("cli-journal-1").contains(",IN,").contains(",OUT,");
        assertThat(telar.run("legacy", "journal", "--message", "cli-journal-none", "--json")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
    }
}
