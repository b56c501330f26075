package org.telar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * The collector's REST API: requests with the token over verified TLS, answers as JSON trees, problems as
 * {@link CliException}s with the exit code that fits. HttpsURLConnection, because it starts in half the time of the
 * newer client. Not thread-safe.
 */
public final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(60);

    private final Settings settings;
    private final Texts texts;
    private final SSLSocketFactory tls;

    Api(Settings settings, Texts texts) {
        this.settings = settings;
        this.texts = texts;
        this.tls =
                settings.ca().map(ca -> trusting(ca, texts)).orElseGet(HttpsURLConnection::getDefaultSSLSocketFactory);
    }

    /** @param path below {@code /api/v1/} */
    public JsonNode get(String path, Map<String, String> query) {
        return json("GET", path + query(query), "", new byte[0]);
    }

    public JsonNode get(String path) {
        return get(path, Map.of());
    }

    /** @param body null-free JSON; an empty text sends none */
    public JsonNode post(String path, String body) {
        return json("POST", path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    public JsonNode post(String path, String type, byte[] body) {
        return json("POST", path, type, body);
    }

    public JsonNode put(String path, String body) {
        return json("PUT", path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    public JsonNode put(String path, String type, byte[] body) {
        return json("PUT", path, type, body);
    }

    public JsonNode delete(String path) {
        return json("DELETE", path, "", new byte[0]);
    }

    /** Streams an answer that is no JSON, for example CSV. */
    public long download(String path, Map<String, String> query, String accept, OutputStream to) {
        HttpsURLConnection c = open("GET", path + query(query), accept);
        try {
            requireOk(c);
            try (InputStream in = c.getInputStream()) {
                return in.transferTo(to);
            }
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            c.disconnect();
        }
    }

    /** One segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode json(String method, String path, String type, byte[] body) {
        HttpsURLConnection c = open(method, path, "application/json");
        try {
            if (body.length > 0) {
                c.setDoOutput(true);
                c.setRequestProperty("Content-Type", type);
                c.setFixedLengthStreamingMode(body.length);
                try (OutputStream out = c.getOutputStream()) {
                    out.write(body);
                }
            } else if (!method.equals("GET") && !method.equals("DELETE")) {
                c.setDoOutput(true);
                c.setFixedLengthStreamingMode(0);
            }
            requireOk(c);
            try (InputStream in = c.getInputStream()) {
                byte[] answer = in.readAllBytes();
                return answer.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(answer);
            }
        } catch (JsonProcessingException e) {
            throw new CliException(Exit.UNEXPECTED, texts.say("error.answer", settings.url()));
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            c.disconnect();
        }
    }

    private HttpsURLConnection open(String method, String path, String accept) {
        try {
            URI uri = URI.create(settings.url() + "/api/v1/" + path);
            HttpsURLConnection c = (HttpsURLConnection) uri.toURL().openConnection();
            c.setSSLSocketFactory(tls);
            c.setConnectTimeout((int) CONNECT.toMillis());
            c.setReadTimeout((int) READ.toMillis());
            c.setInstanceFollowRedirects(false);
            c.setRequestMethod(method);
            c.setRequestProperty("Authorization", "Bearer " + settings.token());
            c.setRequestProperty("Accept", accept + ", application/problem+json");
            c.setRequestProperty("Accept-Language", texts.language());
            return c;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static String query(Map<String, String> query) {
        StringBuilder text = new StringBuilder();
        query.forEach((k, v) -> {
            if (!v.isEmpty()) {
                text.append(text.length() == 0 ? '?' : '&')
                        .append(segment(k))
                        .append('=')
                        .append(segment(v));
            }
        });
        return text.toString();
    }

    private void requireOk(HttpsURLConnection c) throws IOException {
        int status = c.getResponseCode();
        if (status >= 200 && status < 300) {
            return;
        }
        String said = "";
        String code = "";
        try (InputStream in = c.getErrorStream()) {
            JsonNode problem =
                    in == null ? JsonNodeFactory.instance.objectNode() : JSON.readTree(in.readNBytes(100_000));
            said = problem.path("detail").asText();
            code = problem.path("code").asText();
        } catch (JsonProcessingException e) {
            // not ours: the status alone
        }
        if (status == 401) {
            throw new CliException(Exit.AUTHENTICATION, texts.say("error.token", settings.url()));
        }
        String text = said.isEmpty() ? "HTTP " + status : said + (code.isEmpty() ? "" : " (" + code + ")");
        throw new CliException(exitCode(status), text);
    }

    static int exitCode(int status) {
        return switch (status) {
            case 400, 405, 406, 413, 415 -> Exit.USAGE;
            case 401, 403 -> Exit.AUTHENTICATION;
            case 404, 410, 412, 422 -> Exit.PRECONDITION;
            case 409 -> Exit.CONFLICT;
            case 408, 429, 502, 503, 504 -> Exit.UNREACHABLE;
            default -> Exit.UNEXPECTED;
        };
    }

    private CliException unreachable(IOException e) {
        if (e instanceof SSLException) {
            return new CliException(
                    Exit.AUTHENTICATION,
                    texts.say(
                            "error.tls",
                            settings.url(),
                            settings.ca().map(Path::toString).orElse("JDK"),
                            e.getMessage()));
        }
        String why = e instanceof UnknownHostException
                ? texts.say("error.host", e.getMessage())
                : e instanceof ConnectException || e instanceof SocketTimeoutException
                        ? String.valueOf(e.getMessage())
                        : e.toString();
        return new CliException(Exit.UNREACHABLE, texts.say("error.unreachable", settings.url(), why));
    }

    private static SSLSocketFactory trusting(Path ca, Texts texts) {
        try (InputStream in = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int n = 0;
            for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + n++, c);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new CliException(Exit.PRECONDITION, texts.say("error.file", ca, e.getMessage()));
        }
    }
}
