package org.telar.collector.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.collector.CollectorApplication;
import org.telar.collector.platform.Broker;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole collector inside the test's JVM, on free ports: real PostgreSQL, real broker, real HTTPS. */
public final class RunningCollector implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static RunningCollector shared;

    private final Path data;
    private final Pki pki;
    private final MovableClock clock = new MovableClock();
    private final ConfigurableApplicationContext context;
    private final HttpClient http;

    /** An answer of the API. */
    public record Answer(int status, JsonNode body) {}

    private RunningCollector(Path data, Pki pki, String... more) throws Exception {
        this.data = data;
        this.pki = pki;
        List<String> args = arguments(data, pki, more);
        SpringApplication app = new SpringApplication(CollectorApplication.class);
        app.addInitializers((ApplicationContextInitializer<GenericApplicationContext>)
                c -> c.registerBean("testClock", Clock.class, () -> clock, d -> d.setPrimary(true)));
        app.setRegisterShutdownHook(false);
        this.context = app.run(args.toArray(String[]::new));
        this.http = HttpClient.newBuilder()
                .sslContext(pki.context(""))
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** What every start in a test says, free ports and binaries unpacked once for all, unless {@code more} says else. */
    public static List<String> arguments(Path data, Pki pki, String... more) throws Exception {
        Map<String, String> byKey = new LinkedHashMap<>();
        Stream.concat(standard(data, pki).stream(), Arrays.stream(more))
                .forEach(a -> byKey.put(a.substring(0, a.indexOf('=')), a));
        return new ArrayList<>(byKey.values());
    }

    private static List<String> standard(Path data, Pki pki) throws Exception {
        return List.of(
                "--telar.data=" + data,
                "--telar.http.port=0",
                "--telar.http.address=127.0.0.1",
                "--telar.mqtt.port=0",
                "--telar.mqtt.address=127.0.0.1",
                "--telar.database.port=0",
                "--telar.database.software=" + software(),
                "--telar.plans.daily=false",
                "--telar.tls.key-store=" + pki.keyStore("collector"),
                "--telar.tls.trust-store=" + pki.trustStore(),
                "--telar.tls.password-file=" + pki.passwordFile());
    }

    public static Path software() {
        return TARGET.resolve("postgres-software");
    }

    /** A new folder below target. */
    public static Path folder(String name) throws Exception {
        Files.createDirectories(TARGET.resolve("test-data"));
        return Files.createTempDirectory(TARGET.resolve("test-data"), name);
    }

    public static RunningCollector start(Path data, Pki pki, String... more) throws Exception {
        return new RunningCollector(data, pki, more);
    }

    /** One for all tests of the JVM; each uses gateways and meters of its own. */
    public static synchronized RunningCollector shared() throws Exception {
        if (shared == null) {
            Path folder = folder("shared");
            shared = start(folder.resolve("data"), new Pki(folder.resolve("pki")));
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    public Pki pki() {
        return pki;
    }

    /** For answers that are no JSON. */
    public HttpClient client() {
        return http;
    }

    public Path data() {
        return data;
    }

    public MovableClock clock() {
        return clock;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    public JdbcTemplate jdbc() {
        return context.getBean(JdbcTemplate.class);
    }

    public int httpPort() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    public String mqttUrl() {
        return "ssl://localhost:" + bean(Broker.class).mqttPort();
    }

    public long number(String sql, Object... arguments) {
        Long n = jdbc().queryForObject(sql, Long.class, arguments);
        return n == null ? 0 : n;
    }

    public Answer get(String path) throws Exception {
        return send(request(path).GET());
    }

    public Answer post(String path, String json) throws Exception {
        return post(path, "application/json", json, Map.of());
    }

    public Answer post(String path, String type, String body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder r =
                request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(r::header);
        return send(r);
    }

    public Answer delete(String path) throws Exception {
        return send(request(path).DELETE());
    }

    public Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        JsonNode body = answer.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(answer.body());
        return new Answer(answer.statusCode(), body);
    }

    /** The answer as it is, for bodies that are no JSON. */
    public HttpResponse<String> raw(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The body of a GET as text. */
    public String text(String path) throws Exception {
        return http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** For answers that may have any body. */
    public int status(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    public HttpRequest.Builder request(String path) throws Exception {
        return anonymous(path)
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(data.resolve("api-token")).strip());
    }

    public HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + httpPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    /** A registered gateway with commissioned meters. */
    public void fleet(String gateway, String... meters) throws Exception {
        post("/api/v1/gateways", "{\"id\":\"" + gateway + "\"}");
        StringBuilder csv = new StringBuilder("meter,gateway,state,zone\n");
        for (String m : meters) {
            csv.append(m).append(',').append(gateway).append(",COMMISSIONED,America/Santiago\n");
        }
        Answer answer = post("/api/v1/meters/import", "text/csv", csv.toString(), Map.of());
        if (answer.status() != 200 || answer.body().path("refused").asInt() != 0) {
            throw new IllegalStateException("import: " + answer);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
