package org.telar.harness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * The collector's HTTPS API as a client of the outside sees it: bearer token, host name verified, our authority alone
 * trusted. Every call has a deadline. Thread-safe.
 */
public final class CollectorClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http;
    private final URI base;
    private final String token;

    /** An answer of any status; {@code body} is a missing node when there was none. */
    public record Answer(int status, JsonNode body) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    /** @param token the API token the collector wrote on its first start; empty for none */
    public CollectorClient(int port, X509Certificate authority, String token) throws GeneralSecurityException {
        this.base = URI.create("https://localhost:" + port);
        this.token = token;
        this.http = HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .connectTimeout(Duration.ofSeconds(3))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    public Answer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    public Answer postJson(String path, JsonNode body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return post(path, "application/json", BodyPublishers.ofString(body.toString()), headers);
    }

    public Answer putJson(String path, JsonNode body) throws IOException, InterruptedException {
        return send(
                request(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body.toString())));
    }

    /** Posts a text body of another type, for example {@code text/csv}. */
    public Answer post(String path, String type, BodyPublisher body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", type).POST(body);
        headers.forEach(request::header);
        return send(request);
    }

    /** Puts a text body; for what may take long. */
    public Answer put(String path, String type, BodyPublisher body, Duration patience)
            throws IOException, InterruptedException {
        return send(request(path).timeout(patience).header("Content-Type", type).PUT(body));
    }

    /** Posts nothing; for what may take long. */
    public Answer post(String path, Duration patience) throws IOException, InterruptedException {
        return send(request(path).timeout(patience).POST(BodyPublishers.noBody()));
    }

    /** @throws HarnessException with the collector's own words when the answer is none of 2xx */
    public static JsonNode require(String what, Answer answer) throws HarnessException {
        if (!answer.ok()) {
            throw new HarnessException(
                    HarnessException.UNEXPECTED,
                    "The collector refused " + what + " (HTTP " + answer.status() + "): " + answer.body());
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return request.header("Accept", "application/json, application/problem+json");
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String text = response.body();
        boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
        JsonNode body = text == null || text.isBlank()
                ? MissingNode.getInstance()
                : json ? JSON.readTree(text) : JSON.getNodeFactory().textNode(text);
        return new Answer(response.statusCode(), body);
    }

    private static SSLContext trusting(X509Certificate authority) throws GeneralSecurityException {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry("ca", authority);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(trust);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trusted.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new GeneralSecurityException("an empty key store could not be made", e);
        }
    }
}
