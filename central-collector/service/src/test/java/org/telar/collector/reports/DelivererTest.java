package org.telar.collector.reports;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.collector.integration.TestClock;
import org.telar.collector.integration.TestDatabases;
import org.telar.collector.testing.Pki;

import static org.assertj.core.api.Assertions.assertThat;

/** Deliveries by post, to a party and to the data operator in its place, against a real HTTPS server. */
class DelivererTest {
    private static final ZoneId ZONE = ZoneId.of("America/Santiago");

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.parse("2026-11-20T05:00:00Z"));
    private final List<String> posts = new ArrayList<>();
    private final List<String> alarms = new ArrayList<>();
    private TestDatabases databases;
    private Subscriptions subscriptions;
    private HttpsServer server;
    private Path ca;
    private int status = 204;

    @BeforeEach
    void start() throws Exception {
        databases = TestDatabases.fresh();
        subscriptions = new Subscriptions(new JdbcTemplate(databases.smmc()), clock, ZONE);
        Pki pki = new Pki(folder.resolve("pki"));
        pki.keyStore("party");
        ca = authority(pki);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(pki.context("party")));
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            var h = exchange.getRequestHeaders();
            posts.add(exchange.getRequestURI() + " " + h.getFirst("X-Telar-Party") + " " + h.getFirst("X-Telar-File")
                    + " " + h.getFirst("Authorization") + " "
                    + h.getFirst("X-Telar-SHA256").length());
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    private Path authority(Pki pki) throws Exception {
        KeyStore trust = KeyStore.getInstance(pki.trustStore().toFile(), Pki.PASSWORD.toCharArray());
        StringBuilder pem = new StringBuilder();
        for (String alias : Collections.list(trust.aliases())) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder()
                            .encodeToString(trust.getCertificate(alias).getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return Files.writeString(folder.resolve("ca.pem"), pem);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    @DisplayName(
            "R08: files are posted over verified TLS with the party's token and their hash; a party that refuses gets them again after ten minutes; in the end it is FAILED, with an alarm")
    void posts() throws Exception {
        Files.createDirectories(folder.resolve("tokens"));
        Files.writeString(folder.resolve("tokens/vecino"), "secret\n");
        Subscription s = subscriptions.add(subscription("vecino", url("/in"), "vecino"), "test");
        Deliverer deliverer = deliverer(Optional.empty(), 2);

        subscriptions.request(s, "ON_REQUEST");
        assertThat(deliverer.next()).isTrue();
        assertThat(posts)
                .containsExactly(
                        "/in vecino missing.csv Bearer secret 64", "/in vecino missing-rows.csv Bearer secret 64");
        assertThat(last().state()).isEqualTo("DELIVERED");
        assertThat(deliverer.next()).as("nothing is delivered twice").isFalse();

        status = 503;
        subscriptions.request(s, "ON_REQUEST");
        deliverer.next();
        assertThat(last().state()).isEqualTo("PENDING");
        assertThat(last().error()).contains("answered 503");
        clock.advance(Duration.ofMinutes(9));
        assertThat(deliverer.next()).isFalse();
        clock.advance(Duration.ofMinutes(1));
        assertThat(deliverer.next()).isTrue();
        assertThat(last().state()).isEqualTo("FAILED");
        assertThat(alarms).containsExactly("DELIVERY_FAILED");
        try (var left = Files.walk(folder.resolve("out"))) {
            assertThat(left.filter(Files::isRegularFile))
                    .as("nothing is left behind")
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("R09: with a data operator every delivery goes to it, the party named, by configuration alone")
    void operator() throws Exception {
        Subscription s = subscriptions.add(subscription("vecino", "", ""), "test");
        subscriptions.request(s, "ON_REQUEST");
        assertThat(deliverer(Optional.of(url("/operator")), 2).next()).isTrue();
        assertThat(posts).first().asString().startsWith("/operator vecino missing.csv null");

        subscriptions.request(s, "ON_REQUEST");
        Path drop = folder.resolve("operator");
        deliverer(Optional.of(drop.toString()), 2).next();
        assertThat(drop.resolve("vecino/delivery-" + last().id() + "/manifest.json"))
                .exists();
        assertThat(folder.resolve("out/vecino/delivery-" + last().id())).doesNotExist();
    }

    @Test
    @DisplayName("S19: a party whose certificate is of another authority gets nothing")
    void stranger() throws Exception {
        Files.writeString(ca, Files.readString(authority(new Pki(folder.resolve("other")))));
        subscriptions.request(subscriptions.add(subscription("vecino", url("/in"), ""), "test"), "ON_REQUEST");
        deliverer(Optional.empty(), 2).next();
        assertThat(posts).isEmpty();
        assertThat(last().state()).isEqualTo("PENDING");
    }

    private Subscriptions.Delivery last() {
        return subscriptions.deliveries("", 1, 0).get(0);
    }

    private String url(String path) {
        return "https://localhost:" + server.getAddress().getPort() + path;
    }

    private static Subscription subscription(String party, String target, String token) {
        return new Subscription(
                "",
                party,
                List.of(Report.MISSING),
                List.of(),
                List.of(),
                Subscription.Mode.ON_REQUEST,
                Duration.ZERO,
                2,
                target,
                token,
                Optional.empty());
    }

    private Deliverer deliverer(Optional<String> operator, int attempts) {
        ReportSettings settings = new ReportSettings(
                Optional.empty(),
                operator,
                Optional.empty(),
                LocalTime.of(6, 0),
                Duration.ZERO,
                Optional.of(ca),
                Duration.ofMinutes(10),
                attempts);
        return new Deliverer(
                subscriptions,
                new ReportReader(databases.smmc(), databases.legacy(), clock, ZONE),
                settings,
                folder.resolve("out"),
                folder.resolve("tokens"),
                clock,
                (code, text) -> alarms.add(code));
    }
}
