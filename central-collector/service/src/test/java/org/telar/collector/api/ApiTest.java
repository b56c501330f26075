package org.telar.collector.api;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;

/** The API from outside: closed without a token, clear when something is wrong. */
class ApiTest {
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    @Test
    @DisplayName(
            "no route is open but the health of the process, which says up or down only; the token file is 0600 (R10, S03, S49)")
    void closed() throws Exception {
        var routes = collector
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet();
        assertThat(routes.size()).isGreaterThan(10);
        for (var route : routes) {
            for (String path : route.getPatternValues()) {
                if (path.startsWith("/api") && !path.contains("openapi.yaml")) {
                    var answer = collector.send(collector
                            .anonymous(path.replaceAll("\\{[^}]*}", "x"))
                            .GET());
                    assertThat(answer.status()).as(path).isEqualTo(401);
                    assertThat(answer.body().path("code").asString()).isEqualTo("UNAUTHORIZED");
                }
            }
        }
        assertThat(collector.send(collector.anonymous("/actuator/env").GET()).status())
                .isEqualTo(401);
        assertThat(collector
                        .send(collector
                                .anonymous("/api/v1/status")
                                .header("Authorization", "Bearer guess")
                                .GET())
                        .status())
                .isEqualTo(401);
        var health = collector.send(collector.anonymous("/actuator/health").GET());
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body().has("components")).isFalse();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(collector.data().resolve("api-token"))))
                .isEqualTo("rw-------");
    }

    @Test
    @DisplayName("the OpenAPI description names every route, with the bearer scheme and problem+json (R10)")
    void described() throws Exception {
        var description = collector.get("/api/v1/openapi").body();
        assertThat(description.path("openapi").asString()).startsWith("3.");
        for (var route : collector
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (String path : route.getPatternValues()) {
                if (path.startsWith("/api/v1/") && !path.startsWith("/api/v1/openapi")) {
                    for (var method : route.getMethodsCondition().getMethods()) {
                        var operation = description
                                .path("paths")
                                .path(path)
                                .path(method.name().toLowerCase(java.util.Locale.ROOT));
                        assertThat(operation.isObject()).as(method + " " + path).isTrue();
                        assertThat(operation
                                        .path("responses")
                                        .path("default")
                                        .path("content")
                                        .has("application/problem+json"))
                                .as(method + " " + path)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(description
                        .path("components")
                        .path("securitySchemes")
                        .path("bearer")
                        .path("scheme")
                        .asString())
                .isEqualTo("bearer");
    }

    @Test
    @DisplayName("the database holds no token in clear (S40)")
    void hashed() throws Exception {
        String token = Files.readString(collector.data().resolve("api-token")).strip();
        assertThat(collector.number(
                        "SELECT count(*) FROM api_token WHERE encode(token_sha256, 'escape') LIKE '%' || ? || '%' OR name LIKE '%' || ? || '%'",
                        token, token))
                .isZero();
    }

    @Test
    @DisplayName(
            "an import reports each bad line and takes the others; a dry run changes nothing; what cannot be in a life is refused (R88)")
    void imports() throws Exception {
        collector.post("/api/v1/gateways", "{\"id\":\"gw-api1\",\"name\":\"one\"}");
        String csv = "meter,gateway,model,zone,ratio,state,colour\n"
                + "api1-a,gw-api1,M1,America/Santiago,PRIMARY,COMMISSIONED,red\n"
                + "bad number,gw-api1,M1,,,COMMISSIONED,\n"
                + "api1-b,gw-none,M1,,,BOUND,\n"
                + "api1-c,gw-api1,M1,Mars/Olympus,,BOUND,\n"
                + "api1-d,gw-api1\n"
                + "api1-e,,M1,,,COMMISSIONED,\n"
                + "api1-f,,M1,,,,\n";
        var dry = collector
                .post("/api/v1/meters/import?dryRun=true", "text/csv", csv, Map.of())
                .body();
        assertThat(dry.path("created").asInt()).isEqualTo(2);
        assertThat(collector.get("/api/v1/meters/api1-a").status()).isEqualTo(404);

        var report = collector
                .post("/api/v1/meters/import", "text/csv", csv, Map.of())
                .body();

        assertThat(report.path("created").asInt()).isEqualTo(2);
        assertThat(report.path("refused").asInt()).isEqualTo(5);
        assertThat(report.path("errors").path(0).path("line").asInt()).isEqualTo(3);
        assertThat(report.path("errors").path(1).path("error").asString()).contains("gw-none", "not registered");
        assertThat(report.path("ignoredColumns").path(0).asString()).isEqualTo("colour");
        assertThat(collector.get("/api/v1/meters/api1-a").body().path("ratio").asString())
                .isEqualTo("PRIMARY");
        assertThat(collector.get("/api/v1/meters/api1-f").body().path("state").asString())
                .isEqualTo("REGISTERED");
        var back = collector.post("/api/v1/meters/api1-f/state", "{\"state\":\"SUSPENDED\"}");
        assertThat(back.status()).isEqualTo(409);
        assertThat(back.body().path("code").asString()).isEqualTo("METER_STATE");
    }

    @Test
    @DisplayName("a gateway cannot take the collector's own name at the broker (S17)")
    void names() throws Exception {
        assertThat(collector.post("/api/v1/gateways", "{\"id\":\"collector\"}").status())
                .isEqualTo(400);
        assertThat(collector
                        .post("/api/v1/gateways", "{\"id\":\"collector-2\"}")
                        .status())
                .isEqualTo(400);
        assertThat(collector.post("/api/v1/gateways", "{\"id\":\"a/b\"}").status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @DisplayName("a bad request is problem+json with a code or a sentence, never a stack trace (S42)")
    @ValueSource(
            strings = {
                "{\"meter\":\"x y\",\"type\":\"READ_REGISTERS\"}",
                "{\"meter\":\"x\",\"type\":\"DANCE\"}",
                "{\"meter\":\"x\",\"type\":\"READ_PROFILE\"}",
                "{\"meter\":\"x\",\"type\":\"READ_PROFILE\",\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2025-01-01T00:00:00Z\"}",
                "{\"meter\":\"x\",\"type\":\"READ_REGISTERS\",\"deadline\":\"P2D\"}",
                "{\"type\":\"READ_REGISTERS\"}",
                "not json"
            })
    void badOrders(String body) throws Exception {
        var answer = collector.post("/api/v1/orders", body);
        assertThat(answer.status()).isIn(400, 422);
        assertThat(answer.body().path("status").asInt()).isEqualTo(answer.status());
        assertThat(answer.body().toString()).doesNotContain("org.telar", "\\tat");
    }

    @Test
    @DisplayName("lists come in pages with their total; a page out of range is refused")
    void pages() throws Exception {
        collector.fleet("gw-api2", "api2-a", "api2-b", "api2-c");
        var second =
                collector.get("/api/v1/meters?gateway=gw-api2&size=2&page=1").body();
        assertThat(second.path("total").asInt()).isEqualTo(3);
        assertThat(second.path("items").size()).isEqualTo(1);
        assertThat(collector.get("/api/v1/meters?size=100000").status()).isEqualTo(400);
        assertThat(collector.get("/api/v1/orders/none").status()).isEqualTo(404);
        assertThat(collector.get("/api/v1/n2pload/runs/none").status()).isEqualTo(404);
        for (String list : new String[] {"gateways", "orders", "n2pload/runs", "events"}) {
            assertThat(collector.get("/api/v1/" + list).status()).as(list).isEqualTo(200);
        }
        var status = collector.get("/api/v1/status").body();
        assertThat(status.path("link").path("connected").isBoolean()).isTrue();
        assertThat(status.path("ingest").path("values").isNumber()).isTrue();
    }

    @Test
    @DisplayName("a huge header is refused and the API goes on (S14)")
    void bounds() throws Exception {
        HttpRequest.Builder huge = collector.request("/api/v1/status").header("X-Huge", "x".repeat(40_000));
        int status = collector.status(huge.GET());
        assertThat(status).isBetween(400, 499);
        assertThat(collector.get("/api/v1/status").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("Prometheus is told the documented figures, with a token only (R85)")
    void metrics() throws Exception {
        collector.fleet("gw-api9", "api9-a");
        collector.bean(Metrics.class).look();
        String text = collector.text("/actuator/prometheus");
        for (String name : new String[] {
            "telar_meters{state=\"COMMISSIONED\"",
            "telar_gateways{link=\"offline\"",
            "telar_gateways_backlog_entries",
            "telar_quarantine_messages{kind=\"held\"",
            "telar_legacy_waiting{stage=\"queue\"",
            "telar_legacy_oldest_seconds{stage=\"retry\"",
            "jvm_memory_used_bytes"
        }) {
            assertThat(text).as(name).contains(name);
        }
        assertThat(collector.status(collector.anonymous("/actuator/prometheus").GET()))
                .isEqualTo(401);
    }
}
