package org.telar.collector.reports;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.integration.Xml;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.platform.Databases;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Reports, data store, deliveries and dump on the assembled collector, with readings that went the whole way. */
class ReportsTest {
    private static final String IN = "rep-in";
    private static final String OUT = "rep-out";
    private static final String STRANGER = "rep-stranger";
    private static RunningCollector collector;
    private static DataSource legacy;
    /** A day that no other test touches. */
    private static final LocalDate DAY = LocalDate.parse("2025-03-11");

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
        legacy = collector.bean("legacyDataSource", DataSource.class);
        collector.fleet("gw-rep-1", IN);
        collector.fleet("gw-rep-2", OUT);
        load("rep-1", IN, "0.25");
        load("rep-2", OUT, "0.5");
        load("rep-3", STRANGER, "0.75");
    }

    private static void load(String id, String meter, String value) throws Exception {
        Path inbox = collector.bean(LegacyFolder.class).inbox();
        String xml = Xml.good(id, meter, value).replace("2026-11-19T", DAY + "T");
        Files.writeString(inbox.resolve("." + id), xml);
        Files.move(inbox.resolve("." + id), inbox.resolve(id + ".xml"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestDatabases.number(
                                legacy,
                                "SELECT count(*) FROM file_journal WHERE name = '" + id
                                        + ".xml' AND state = 'LOADED' AND validated_at IS NOT NULL")
                        == 1);
    }

    @ParameterizedTest
    @EnumSource(Report.class)
    @DisplayName(
            "R08, R17: each of the fourteen reports answers with its time, its columns, figures and rows, as JSON and as CSV, in both languages")
    void each(Report report) throws Exception {
        for (boolean rows : new boolean[] {false, true}) {
            String path = "/api/v1/reports/" + report.number() + "?size=5&rows=" + rows;
            var answer = collector.get(path);
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
            assertThat(answer.body().path("report").asString()).isEqualTo(report.id());
            assertThat(answer.body().path("asOf").asString()).isNotEmpty();
            assertThat(answer.body().path("columns").size()).isGreaterThan(3);
            var csv = collector
                    .client()
                    .send(
                            collector
                                    .request("/api/v1/reports/" + report.id() + "/csv?rows=" + rows)
                                    .GET()
                                    .build(),
                            java.net.http.HttpResponse.BodyHandlers.ofString());
            assertThat(csv.statusCode()).isEqualTo(200);
            assertThat(csv.body().lines().findFirst().orElseThrow().split(",").length)
                    .isEqualTo(answer.body().path("columns").size());
        }
        assertThat(report.title(java.util.Locale.ENGLISH)).isNotEqualTo(report.title(new java.util.Locale("es")));
    }

    @Test
    @DisplayName(
            "A report is filtered by day, concentrator and meter; a filter that its form does not have is refused, not ignored (S42)")
    void filters() throws Exception {
        String quality = "/api/v1/reports/quality?from=" + DAY + "&to=" + DAY;
        JsonNode items = collector.get(quality).body().path("items");
        assertThat(items.toString()).contains("\"name\":\"1.0.0\"").contains("\"n\":3");
        assertThat(collector
                        .get("/api/v1/reports/quality?from=" + DAY.plusDays(1) + "&to=" + DAY.plusDays(1))
                        .body()
                        .path("items"))
                .isEmpty();
        JsonNode reach = collector
                .get("/api/v1/reports/reachability?rows=true&gateway=gw-rep-1")
                .body()
                .path("items");
        assertThat(reach.size()).isOne();
        assertThat(reach.path(0).path("meter").asString()).isEqualTo(IN);
        assertThat(collector.get("/api/v1/reports/files?meter=x").status()).isEqualTo(400);
        assertThat(collector.get("/api/v1/reports/clocks?from=" + DAY).status()).isEqualTo(400);
        assertThat(collector.get("/api/v1/reports/dance").status()).isEqualTo(404);
        assertThat(collector
                        .get("/api/v1/reports/reachability?rows=true&meter=%27%20OR%201%3D1--")
                        .body()
                        .path("items"))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "R87: the data store takes the good records, rejects the one whose meter the registry does not know with code and reason, and takes it when it does; again it changes nothing")
    void dataStore() throws Exception {
        var first = collector.post("/api/v1/reports/store", "").body();
        assertThat(first.path("extracted").asLong()).as(first.toString()).isGreaterThanOrEqualTo(3);
        assertThat(store(
                        "SELECT meter || ' ' || gateway || ' ' || present || '/' || expected || ' ' || value FROM store.daily"
                                + " WHERE day = ? ORDER BY 1"))
                .containsExactly("rep-in gw-rep-1 1/96 250", "rep-out gw-rep-2 1/96 500");
        assertThat(store("SELECT meter || ' ' || code FROM store.reject WHERE key_at::date = ? AND what = 'daily'"))
                .containsExactly(STRANGER + " UNKNOWN_METER");
        assertThat(collector
                        .get("/api/v1/reports/store?rows=true&meter=" + STRANGER)
                        .body()
                        .path("items")
                        .path(0)
                        .path("reason")
                        .asString())
                .contains("registry");

        collector.fleet("gw-rep-2", STRANGER);
        collector.post("/api/v1/reports/store", "");

        assertThat(store("SELECT meter FROM store.daily WHERE day = ? ORDER BY 1"))
                .containsExactly(IN, OUT, STRANGER);
        assertThat(store("SELECT meter FROM store.reject WHERE key_at::date = ? AND what = 'daily'"))
                .isEmpty();
        collector.post("/api/v1/reports/store", "");
        assertThat(store("SELECT meter FROM store.daily WHERE day = ?")).hasSize(3);
    }

    @Test
    @DisplayName(
            "R07: the reader of the central database sees reports and data store; INSERT fails, and so does reading what is not for it: tokens, accounts, audit")
    void readerOfTheCentralDatabase() throws Exception {
        var server = collector.bean(Databases.class).embedded().orElseThrow();
        Properties secrets = new Properties();
        try (var in = Files.newBufferedReader(collector.data().resolve("postgres/passwords"))) {
            secrets.load(in);
        }
        try (Connection db =
                DriverManager.getConnection(server.url("smmc"), "smmc_reader", secrets.getProperty("smmc_reader"))) {
            db.createStatement().executeQuery("SELECT count(*) FROM report.success");
            db.createStatement().executeQuery("SELECT count(*) FROM store.daily");
            for (String wrong : new String[] {
                "INSERT INTO store.daily DEFAULT VALUES",
                "INSERT INTO meter (meter_no) VALUES ('x')",
                "DELETE FROM store.reject",
                "SELECT * FROM api_token",
                "SELECT * FROM account",
                "SELECT * FROM report.audit_rows",
                "SELECT * FROM orders",
                "CREATE TABLE store.mine (i int)"
            }) {
                assertThatThrownBy(() -> db.createStatement().execute(wrong))
                        .as(wrong)
                        .hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    @DisplayName(
            "R08: on request, by the clock and by itself: a party gets files with hashes, the rows of its own meters and no other's; reports of the house are not for it")
    void deliveries() throws Exception {
        String house =
                "{\"party\":\"vecino\",\"reports\":[\"audit\"],\"gateways\":[\"gw-rep-1\"],\"mode\":\"ON_REQUEST\"}";
        assertThat(collector.post("/api/v1/reports/subscriptions", house).status())
                .isEqualTo(400);
        String escape = "{\"party\":\"../etc\",\"reports\":[\"missing\"],\"mode\":\"ON_REQUEST\"}";
        assertThat(collector.post("/api/v1/reports/subscriptions", escape).status())
                .isEqualTo(400);
        String scoped =
                "{\"party\":\"vecino\",\"reports\":[\"reachability\",\"3\",\"quality\"],\"gateways\":[\"gw-rep-1\"],"
                        + "\"mode\":\"ON_REQUEST\",\"days\":2}";
        String id = collector
                .post("/api/v1/reports/subscriptions", scoped)
                .body()
                .path("id")
                .asString();
        assertThat(collector
                        .post("/api/v1/reports/subscriptions/" + id + "/deliver", "")
                        .status())
                .isEqualTo(202);
        JsonNode done = delivered("vecino", "ON_REQUEST");
        Path folder = collector
                .data()
                .resolve("deliveries/vecino/delivery-" + done.path("id").asLong());
        assertThat(Files.readString(folder.resolve("reachability-rows.csv")))
                .contains(IN)
                .doesNotContain(OUT);
        assertThat(folder.resolve("reachability.csv"))
                .as("figures of groups tell of others' meters")
                .doesNotExist();
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(folder.resolve("manifest.json")));
        assertThat(manifest.path("files").size()).isEqualTo(2);
        Process check = new ProcessBuilder("sha256sum", "-c", "SHA256SUMS")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(check.getInputStream().readAllBytes())).doesNotContain("FAILED");
        assertThat(check.waitFor()).isZero();

        collector.post(
                "/api/v1/reports/subscriptions",
                "{\"party\":\"cadahora\",\"reports\":[\"missing\"],\"mode\":\"SCHEDULED\",\"every\":\"PT1H\"}");
        delivered("cadahora", "SCHEDULED");
        collector.post(
                "/api/v1/reports/subscriptions", "{\"party\":\"solo\",\"reports\":[\"store\"],\"mode\":\"AUTOMATIC\"}");
        load("rep-auto", IN, "0.25");
        collector.post("/api/v1/reports/store", "");
        delivered("solo", "AUTOMATIC");
        for (JsonNode s : collector.get("/api/v1/reports/subscriptions").body().path("items")) {
            collector.delete("/api/v1/reports/subscriptions/" + s.path("id").asString());
        }
        assertThat(collector.get("/api/v1/reports/subscriptions").body().path("items"))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "R11: the dump of a day holds its samples, closings, statistics as CSV and XML, reports, manifest and hashes, whole or not at all; written again it is replaced")
    void dump() throws Exception {
        collector.post("/api/v1/reports/store", "");
        JsonNode written = collector.post("/api/v1/reports/dump?day=" + DAY, "").body();
        Path folder = Path.of(written.path("path").asString());
        assertThat(folder.getFileName()).hasToString("dump-" + DAY);
        List<String> samples = Files.readAllLines(folder.resolve("samples.csv"));
        assertThat(samples).contains("rep-in,1.0.1.29.0.255,2025-03-11T03:15:00Z,250,1.0.0");
        assertThat(written.path("samples").asLong()).isEqualTo(samples.size() - 1);
        assertThat(Files.readString(folder.resolve("statistics.xml")))
                .contains("<Statistics xmlns=\"urn:telar:statistics:1\">")
                .contains("gateway=\"gw-rep-1\"");
        assertThat(Files.readString(folder.resolve("statistics.csv"))).contains("gw-rep-2");
        assertThat(folder.resolve("reports/audit.csv"))
                .as("S: not for those outside")
                .doesNotExist();
        assertThat(folder.resolve("reports/success.csv")).exists();
        Process check = new ProcessBuilder("sha256sum", "-c", "--quiet", "SHA256SUMS")
                .directory(folder.toFile())
                .start();
        assertThat(check.waitFor()).isZero();
        assertThat(collector.post("/api/v1/reports/dump?day=" + DAY, "").status())
                .isEqualTo(200);
        try (var left = Files.list(folder.getParent())) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactly("dump-" + DAY);
        }
    }

    @Test
    @DisplayName("The schedule keeps its grid; turns that were missed are one (D5)")
    void schedule() {
        var start = java.time.Instant.parse("2026-11-20T05:00:00Z");
        Subscription s = new Subscription(
                "1",
                "p",
                List.of(Report.MISSING),
                List.of(),
                List.of(),
                Subscription.Mode.SCHEDULED,
                Duration.ofHours(1),
                1,
                "",
                "",
                Optional.of(start));
        assertThat(Subscriptions.next(s, start)).isEqualTo("2026-11-20T06:00:00Z");
        assertThat(Subscriptions.next(s, start.plusSeconds(3 * 3600 + 60))).isEqualTo("2026-11-20T09:00:00Z");
    }

    @Test
    @DisplayName("CSV by RFC 4180; what a spreadsheet would run is a text")
    void csv() throws Exception {
        var text = new java.io.StringWriter();
        Csv.line(text, "a,b", "say \"x\"", "=1+1", -3, "", true);
        assertThat(text).hasToString("\"a,b\",\"say \"\"x\"\"\",'=1+1,-3,,true\r\n");
    }

    private static JsonNode delivered(String party, String cause) throws Exception {
        JsonNode[] last = new JsonNode[1];
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            last[0] = collector
                    .get("/api/v1/reports/deliveries?party=" + party)
                    .body()
                    .path("items")
                    .path(0);
            return last[0].path("state").asString("").equals("DELIVERED")
                    && last[0].path("cause").asString().equals(cause);
        });
        return last[0];
    }

    private static List<String> store(String sql) {
        return collector.jdbc().queryForList(sql, String.class, java.sql.Date.valueOf(DAY));
    }
}
