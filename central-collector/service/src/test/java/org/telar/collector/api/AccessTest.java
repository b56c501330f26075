package org.telar.collector.api;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.telar.collector.security.Audit;
import org.telar.collector.security.Permission;
import org.telar.collector.security.Role;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.RunningCollector;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** People and programs at the door: codes, logins, roles, scopes, lock-out, and the record of what they did. */
class AccessTest {
    private static final String PASSWORD = "una clave larga 1";
    private static RunningCollector collector;

    @BeforeAll
    static void start() throws Exception {
        var folder = RunningCollector.folder("access");
        collector = RunningCollector.start(folder.resolve("data"), new Pki(folder.resolve("pki")));
        var file = collector.data().resolve("first-access");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String code = Files.readString(file).strip();
        assertThat(activate(code, "ana", "short").status()).isEqualTo(422);
        assertThat(activate(code, "ana", PASSWORD).status()).isEqualTo(204);
        assertThat(file).doesNotExist();
        assertThat(activate(code, "eve", PASSWORD).status()).as("single use").isEqualTo(403);
    }

    @AfterAll
    static void stop() {
        collector.close();
    }

    private static RunningCollector.Answer send(String method, String path, String token, String json)
            throws Exception {
        HttpRequest.Builder request = collector.anonymous(path).header("Content-Type", "application/json");
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return collector.send(request.method(method, HttpRequest.BodyPublishers.ofString(json)));
    }

    private static RunningCollector.Answer activate(String code, String name, String password) throws Exception {
        return send(
                "POST",
                "/api/v1/activations",
                "",
                "{\"code\":\"" + code + "\",\"name\":\"" + name + "\",\"password\":\"" + password + "\"}");
    }

    private static RunningCollector.Answer login(String name, String password) throws Exception {
        return send("POST", "/api/v1/logins", "", "{\"name\":\"" + name + "\",\"password\":\"" + password + "\"}");
    }

    private static String loggedIn(String name) throws Exception {
        RunningCollector.Answer answer = login(name, PASSWORD);
        assertThat(answer.status()).as(name + ": " + answer.body()).isEqualTo(201);
        return answer.body().path("token").asString();
    }

    private static String person(String name, Role role) throws Exception {
        JsonNode invited = send(
                        "POST",
                        "/api/v1/accounts",
                        loggedIn("ana"),
                        "{\"name\":\"" + name + "\",\"roles\":[\"" + role + "\"]}")
                .body();
        assertThat(activate(invited.path("code").asString(), name, PASSWORD).status())
                .isEqualTo(204);
        return loggedIn(name);
    }

    private static Permission needed(RequestMethod method, String path) {
        if (path.matches("/api/v1/audit.*")) {
            return Permission.AUDIT;
        }
        if (path.matches("/api/v1/(accounts|tokens)(/.*)?")
                || method != RequestMethod.GET && path.matches("/api/v1/(backups|config).*")) {
            return Permission.ADMIN;
        }
        if (method == RequestMethod.GET) {
            return Permission.READ;
        }
        boolean registry = path.matches("/api/v1/(gateways|meters)(/.*)?")
                && !path.matches("/api/v1/gateways/[^/]*/(n2pload|orders|clock)");
        return registry ? Permission.REGISTRY : Permission.OPERATE;
    }

    @Test
    @DisplayName("every route by every role: refused without the permission, never refused with it (R10, R71, S03)")
    void routesByRole() throws Exception {
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, person("r-" + role.name().toLowerCase(Locale.ROOT), role));
        }
        int checked = 0;
        List<String> wrong = new ArrayList<>();
        for (var route : collector
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (String pattern : route.getPatternValues()) {
                for (RequestMethod method : route.getMethodsCondition().getMethods()) {
                    if (!pattern.startsWith("/api/v1/")
                            || pattern.startsWith("/api/v1/me")
                            || pattern.matches("/api/v1/(logins|activations)")) {
                        continue;
                    }
                    for (Role role : Role.values()) {
                        boolean may = role.permissions().contains(needed(method, pattern));
                        if (may && method != RequestMethod.GET) {
                            continue;
                        }
                        HttpRequest.Builder request = collector
                                .anonymous(pattern.replaceAll("\\{[^}]*}", "x"))
                                .header("Authorization", "Bearer " + tokens.get(role));
                        int status =
                                collector.status(request.method(method.name(), HttpRequest.BodyPublishers.noBody()));
                        if (may == (status == 403) || status == 401) {
                            wrong.add(role + " " + method + " " + pattern + ": " + status);
                        }
                        checked++;
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(80);
    }

    @Test
    @DisplayName(
            "five wrong passwords lock for 15 minutes, the next five for 30; an unknown name gets the same words (S07, S08)")
    void lockOut() throws Exception {
        String admin = loggedIn("ana");
        person("luis", Role.LECTOR);
        String unknown = login("nobody", PASSWORD).body().path("detail").asString();
        for (int i = 0; i < 4; i++) {
            var refused = login("luis", "not the password");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.body().path("detail").asString()).isEqualTo(unknown);
        }
        assertThat(login("luis", "not the password").status()).isEqualTo(401);
        assertThat(login("luis", PASSWORD).status()).as("locked").isEqualTo(401);
        assertThat(send("GET", "/api/v1/accounts", admin, "").body().toString()).contains("lockedUntil");

        collector.clock().advance(Duration.ofMinutes(15).plusSeconds(1));
        assertThat(login("luis", PASSWORD).status()).isEqualTo(201);
    }

    @Test
    @DisplayName("a login ends after 15 idle minutes, after eight hours in any case, and at the logout (S09)")
    void ends() throws Exception {
        String idle = loggedIn("ana");
        collector.clock().advance(Duration.ofMinutes(16));
        assertThat(send("GET", "/api/v1/me", idle, "").status()).isEqualTo(401);
        String busy = loggedIn("ana");
        for (int minutes = 0; minutes < 8 * 60 - 14; minutes += 14) {
            assertThat(send("GET", "/api/v1/me", busy, "").status()).isEqualTo(200);
            collector.clock().advance(Duration.ofMinutes(14));
        }
        collector.clock().advance(Duration.ofMinutes(14));
        assertThat(send("GET", "/api/v1/me", busy, "").status()).isEqualTo(401);
        String left = loggedIn("ana");
        assertThat(send("DELETE", "/api/v1/me/login", left, "").status()).isEqualTo(204);
        assertThat(send("GET", "/api/v1/me", left, "").status()).isEqualTo(401);
    }

    @Test
    @DisplayName(
            "a program does what its scopes say, until its day, until it is revoked, and no more than who made it (R10)")
    void scopes() throws Exception {
        String admin = loggedIn("ana");
        var made = send("POST", "/api/v1/tokens", admin, "{\"name\":\"dashboard\",\"scopes\":[\"READ\"],\"days\":30}");
        assertThat(made.status()).isEqualTo(201);
        String token = made.body().path("token").asString();
        assertThat(send("GET", "/api/v1/meters", token, "").status()).isEqualTo(200);
        var refused = send("POST", "/api/v1/orders", token, "{}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().path("code").asString()).isEqualTo("FORBIDDEN");
        assertThat(send("POST", "/api/v1/tokens", admin, "{\"name\":\"dashboard\",\"scopes\":[\"READ\"]}")
                        .status())
                .isEqualTo(409);
        assertThat(send("POST", "/api/v1/tokens", admin, "{\"name\":\"spy\",\"scopes\":[\"AUDIT\"]}")
                        .status())
                .as("an administrator does not see the audit")
                .isEqualTo(403);
        assertThat(send("GET", "/api/v1/tokens", admin, "").body().toString())
                .contains("dashboard", "lastUsedAt")
                .doesNotContain(token);
        assertThat(send("DELETE", "/api/v1/tokens/dashboard", admin, "").status())
                .isEqualTo(204);
        assertThat(send("GET", "/api/v1/meters", token, "").status()).isEqualTo(401);

        String short30 = send("POST", "/api/v1/tokens", admin, "{\"name\":\"month\",\"scopes\":[\"READ\"],\"days\":30}")
                .body()
                .path("token")
                .asString();
        collector.clock().advance(Duration.ofDays(30).plusSeconds(1));
        assertThat(send("GET", "/api/v1/meters", short30, "").status()).isEqualTo(401);
    }

    @Test
    @DisplayName(
            "the last administrator stays; who is disabled is out at once; a code for a new password ends the logins (S02)")
    void accounts() throws Exception {
        String admin = loggedIn("ana");
        assertThat(send("DELETE", "/api/v1/accounts/ana", admin, "").status()).isEqualTo(422);
        assertThat(send("PATCH", "/api/v1/accounts/ana", admin, "{\"enabled\":false}")
                        .body()
                        .path("code")
                        .asString())
                .isEqualTo("LAST_ADMINISTRATOR");
        String eva = person("eva", Role.OPERADOR);
        String code = send("POST", "/api/v1/accounts/eva/invitation", admin, "")
                .body()
                .path("code")
                .asString();
        assertThat(activate(code, "ana", PASSWORD).status())
                .as("a code is of one name")
                .isEqualTo(403);
        assertThat(activate(code, "eva", PASSWORD + "2").status()).isEqualTo(204);
        assertThat(send("GET", "/api/v1/me", eva, "").status()).isEqualTo(401);
        String again = login("eva", PASSWORD + "2").body().path("token").asString();
        assertThat(send("PATCH", "/api/v1/accounts/eva", admin, "{\"enabled\":false}")
                        .status())
                .isEqualTo(200);
        assertThat(send("GET", "/api/v1/me", again, "").status()).isEqualTo(401);
        assertThat(login("eva", PASSWORD + "2").status()).isEqualTo(401);
        String old = send("POST", "/api/v1/accounts", admin, "{\"name\":\"late\",\"roles\":[\"LECTOR\"]}")
                .body()
                .path("code")
                .asString();
        collector.clock().advance(Duration.ofHours(25));
        assertThat(activate(old, "late", PASSWORD).status())
                .as("24 hours (S01)")
                .isEqualTo(403);
    }

    @Test
    @DisplayName(
            "every change is in the audit with who, what and how it ended, without secrets; an edit, a removal and a swap show (S36, S37, S40)")
    void audited() throws Exception {
        String auditor = person("aud", Role.AUDITOR);
        String admin = loggedIn("ana");
        send("POST", "/api/v1/gateways", admin, "{\"id\":\"gw-aud\",\"password\":\"canary-1\"}");
        send("POST", "/api/v1/orders", auditor, "{\"meter\":\"x\"}");
        collector.post("/api/v1/gateways", "{\"id\":\"gw-aud2\"}");
        JsonNode entries =
                send("GET", "/api/v1/audit?size=3", auditor, "").body().path("items");
        assertThat(entries.path(0).path("change").path("who").asString()).isEqualTo("first");
        assertThat(entries.path(0).path("change").path("kind").asString()).isEqualTo("PROGRAM");
        assertThat(entries.path(1).path("change").path("result").asInt()).isEqualTo(403);
        JsonNode change = entries.path(2).path("change");
        assertThat(change.path("who").asString()).isEqualTo("ana");
        assertThat(change.path("action").asString()).isEqualTo("POST /api/v1/gateways");
        assertThat(change.path("source").asString()).isEqualTo("127.0.0.1");
        assertThat(change.path("request").asString()).contains("gw-aud").doesNotContain("canary-1");
        assertThat(collector.number(
                        "SELECT count(*) FROM audit WHERE request LIKE '%' || ? || '%' OR request LIKE '%canary%'",
                        PASSWORD))
                .isZero();
        assertThat(send("GET", "/api/v1/audit", admin, "").status()).isEqualTo(403);

        Audit audit = collector.bean(Audit.class);
        assertThat(audit.check().brokenAt()).isEmpty();
        collector.jdbc().execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only");
        collector.jdbc().execute("UPDATE audit SET who = 'eve' WHERE seq = 5");
        assertThat(audit.check().brokenAt()).as("edit").contains(5L);
        collector.jdbc().execute("DELETE FROM audit WHERE seq = 4");
        assertThat(audit.check().brokenAt()).as("removal: 5 does not follow 3").contains(5L);
        collector.jdbc().execute("UPDATE audit SET seq = -2 WHERE seq = 2");
        collector.jdbc().execute("UPDATE audit SET seq = 2 WHERE seq = 3");
        collector.jdbc().execute("UPDATE audit SET seq = 3 WHERE seq = -2");
        assertThat(audit.check().brokenAt()).as("swap").contains(2L);
    }
}
