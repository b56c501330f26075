package org.telar.collector.reports;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.telar.collector.RefusedException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A set of files on its way out: written into a hidden folder, each with its hash, then shown whole under its name with
 * manifest and {@code SHA256SUMS}; or posted one by one to an https address. There is no way in. Not thread-safe.
 */
final class Outbound implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration POST = Duration.ofMinutes(2);

    private final Path work;
    private final List<Entry> files = new ArrayList<>();

    /** @param rows of a table; -1 for other files */
    record Entry(String name, long bytes, String sha256, long rows) {}

    /** Writes a file's content. */
    @FunctionalInterface
    interface Content {
        /** @return rows written; -1 where that means nothing */
        long writeTo(OutputStream out) throws IOException;
    }

    /** @param parent the folder that the set will lie in; created when absent */
    Outbound(Path parent, String name) throws IOException {
        Files.createDirectories(parent);
        this.work = parent.resolve("." + name + ".part");
        delete(work);
        Files.createDirectory(work, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    }

    void file(String name, Content content) throws IOException {
        Path path = work.resolve(name);
        Files.createDirectories(path.getParent());
        MessageDigest digest = sha256();
        long rows;
        try (OutputStream out = new DigestOutputStream(
                new java.io.BufferedOutputStream(Files.newOutputStream(path), 1 << 16), digest)) {
            rows = content.writeTo(out);
        }
        files.add(new Entry(name, Files.size(path), HexFormat.of().formatHex(digest.digest()), rows));
    }

    List<Entry> files() {
        return files;
    }

    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    /** Shows the set as a folder; one of that name is replaced. */
    void show(String name, Map<String, Object> about) throws IOException {
        Map<String, Object> manifest = new java.util.LinkedHashMap<>(about);
        manifest.put("files", files);
        byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        Files.write(work.resolve("manifest.json"), text);
        StringBuilder sums = new StringBuilder();
        files.forEach(f -> sums.append(f.sha256()).append("  ").append(f.name()).append('\n'));
        sums.append(HexFormat.of().formatHex(sha256().digest(text))).append("  manifest.json\n");
        Files.writeString(work.resolve("SHA256SUMS"), sums);
        Path target = work.resolveSibling(name);
        Path old = work.resolveSibling("." + name + ".old");
        delete(old);
        if (Files.exists(target)) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    /**
     * Posts each file.
     *
     * @param key the same for each attempt, so that a receiver can tell a repetition
     */
    void post(URI to, Optional<String> token, String party, String key, HttpClient http)
            throws IOException, InterruptedException {
        for (Entry file : files) {
            HttpRequest.Builder request = HttpRequest.newBuilder(to)
                    .timeout(POST)
                    .header(
                            "Content-Type",
                            file.name().endsWith(".csv") ? "text/csv; charset=utf-8" : "application/octet-stream")
                    .header("Idempotency-Key", key + "/" + file.name())
                    .header("X-Telar-Party", party)
                    .header("X-Telar-File", file.name())
                    .header("X-Telar-SHA256", file.sha256())
                    .POST(HttpRequest.BodyPublishers.ofFile(work.resolve(file.name())));
            token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
            HttpResponse<Void> answer = http.send(request.build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(to.getHost() + " answered " + answer.statusCode() + " to " + file.name());
            }
        }
    }

    /** Redirects are not followed: nobody sends our data elsewhere. */
    static HttpClient client(Optional<Path> ca) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(HttpClient.Redirect.NEVER);
        ca.ifPresent(file -> builder.sslContext(trusting(file)));
        return builder.build();
    }

    private static SSLContext trusting(Path ca) {
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
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new RefusedException("telar.reports.ca: " + ca + " cannot be used: " + e.getMessage() + ".", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(work);
    }
}
