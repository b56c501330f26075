package org.telar.collector.api;

import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Properties;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.platform.Databases;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Backup, drill and restore as an operator asks for them, on the assembled collector; and the readers' roles. */
class BackupApiTest {
    @Test
    @DisplayName(
            "R86: a backup asked for while the collector serves; its drill restores it beside the databases and finds every row again")
    void backupAndDrill() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        assertThat(collector.post("/api/v1/backups", "").status()).isEqualTo(202);
        JsonNode made = idle(collector);
        assertThat(made.path("lastFault").asString()).isEmpty();
        String id = made.path("items").path(0).path("id").asString();
        assertThat(collector.post("/api/v1/backups/" + id + "/drill", "").status())
                .isEqualTo(202);
        JsonNode drill = idle(collector).path("items").path(0).path("drill");

        assertThat(drill.path("complete").asBoolean()).as(drill.toString()).isTrue();
        assertThat(collector.post("/api/v1/backups/backup-x/drill", "").status())
                .isEqualTo(404);
    }

    private static JsonNode idle(RunningCollector collector) throws Exception {
        JsonNode[] last = new JsonNode[1];
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            last[0] = collector.get("/api/v1/backups").body();
            return last[0].path("working").asString().isEmpty();
        });
        return last[0];
    }

    @Test
    @DisplayName(
            "R07, R08: the server has a reader's role for each database; it reads the Legacy's views, and cannot write, create or enter the other database")
    void readers() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        var server = collector.bean(Databases.class).embedded().orElseThrow();
        Properties secrets = new Properties();
        try (var in = Files.newBufferedReader(collector.data().resolve("postgres/passwords"))) {
            secrets.load(in);
        }
        String password = secrets.getProperty("legacy_reader");
        try (Connection db = DriverManager.getConnection(server.url("legacy"), "legacy_reader", password)) {
            for (String read : new String[] {"lp_sample", "register_sample", "lp_missing", "reading_conflict"}) {
                db.createStatement().executeQuery("SELECT count(*) FROM " + read);
            }
            for (String write : new String[] {
                "INSERT INTO meter (meter_no, mrid, tz) VALUES ('x', 'x', 'UTC')",
                "DELETE FROM lp_day",
                "TRUNCATE file_journal",
                "CREATE TABLE mine (i int)",
                "CREATE TEMP TABLE mine (i int)",
                "SELECT forget_before('2030-01-01')"
            }) {
                assertThatThrownBy(() -> db.createStatement().execute(write))
                        .as(write)
                        .hasMessageMatching("(?s)ERROR: (permission denied|must be owner).*");
            }
        }
        assertThatThrownBy(() -> DriverManager.getConnection(server.url("smmc"), "legacy_reader", password))
                .hasMessageContaining("permission denied");
    }
}
