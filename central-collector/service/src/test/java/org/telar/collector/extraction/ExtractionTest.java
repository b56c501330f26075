package org.telar.collector.extraction;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.TimeRange;
import org.telar.api.store.Lane;
import org.telar.collector.testing.Pki;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RealEdge;
import org.telar.collector.testing.RunningCollector;
import org.telar.collector.testing.RunningCollector.Answer;
import org.telar.extraction.internal.Extraction;
import org.telar.extraction.internal.Identity;
import org.telar.extraction.internal.Main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The gateway's command and the collector's import, with real stores, keys and uploads (R46, D23). */
@Timeout(90)
class ExtractionTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");
    private static RunningCollector collector;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        collector = RunningCollector.shared();
    }

    private static void commit(RealEdge edge, String meter, int days) throws Exception {
        for (int day = 0; day < days; day++) {
            edge.store()
                    .commit(
                            Polls.poll(
                                    meter,
                                    "",
                                    FIRST.plusSeconds(90_000L + 86_400L * day),
                                    Polls.block(FIRST.plusSeconds(86_400L * day), 96, i -> i * 7L)),
                            Lane.LIVE);
        }
    }

    private static Path certificate(Pki pki, String name, Path file) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(pki.keyStore(name))) {
            keys.load(in, Pki.PASSWORD.toCharArray());
        }
        return Files.write(file, keys.getCertificate(name).getEncoded());
    }

    private int extract(Pki pki, String gateway, Path store, Path file, String... more) throws Exception {
        PrintStream print = new PrintStream(said, true, StandardCharsets.UTF_8);
        String[] usual = {
            "--data", store.toString(),
            "--from", "2026-06-10",
            "--to", "2026-06-19",
            "--zone", "America/Santiago",
            "--key-store", pki.keyStore(gateway).toString(),
            "--password-file", pki.passwordFile().toString(),
            "--trust-store", pki.trustStore().toString(),
            "--recipient",
                    certificate(pki, "collector", folder.resolve("collector.der"))
                            .toString(),
            "--out", file.toString()
        };
        String[] all = Arrays.copyOf(usual, usual.length + more.length);
        System.arraycopy(more, 0, all, usual.length, more.length);
        return new Main(print, print, Clock.systemUTC()).run(all);
    }

    private Path extracted(String gateway, Path store) throws Exception {
        Path file = folder.resolve("extraction.p7m");
        assertThat(extract(collector.pki(), gateway, store, file))
                .describedAs("%s", said)
                .isZero();
        return file;
    }

    private static Answer send(byte[] file, String language) throws Exception {
        return collector.send(collector
                .request("/api/v1/extractions")
                .header("Content-Type", "application/octet-stream")
                .header("Accept-Language", language)
                .POST(HttpRequest.BodyPublishers.ofByteArray(file)));
    }

    private static Answer send(Path file) throws Exception {
        return send(Files.readAllBytes(file), "en");
    }

    private static long pending(String meter) {
        return collector.number("SELECT count(*) FROM pending_work WHERE meter = ?", meter);
    }

    private static long present(String meter) {
        return collector.number(
                "SELECT coalesce(sum(n_present), 0) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = ?", meter);
    }

    private static void drained(RealEdge edge) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> edge.store().backlog().entries() == 0);
    }

    @Test
    @DisplayName(
            "D23: an extraction after the upload brings nothing new, however often, while the agent's store is open")
    void afterTheUpload() throws Exception {
        collector.fleet("gw-ex1", "ex1");
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex1", store)) {
            commit(edge, "ex1", 9);
            edge.connect();
            drained(edge);
            long pending = pending("ex1");
            Path file = extracted("gw-ex1", store);

            Answer first = send(file);
            Answer again = send(file);

            assertThat(first.status()).describedAs("%s", first.body()).isEqualTo(200);
            assertThat(first.body().path("newValues").asLong()).isZero();
            assertThat(first.body().path("knownValues").asLong()).isEqualTo(9 * 96 * 2);
            assertThat(first.body().path("gateway").asString()).isEqualTo("gw-ex1");
            assertThat(again.body().path("times").asInt()).isEqualTo(2);
            assertThat(pending("ex1")).isEqualTo(pending);
            assertThat(present("ex1")).isEqualTo(9 * 96);
        }
    }

    @Test
    @DisplayName(
            "D23: an upload after the extraction brings nothing new, raises no conflict and is acknowledged as ever")
    void beforeTheUpload() throws Exception {
        collector.fleet("gw-ex2", "ex2");
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex2", store)) {
            commit(edge, "ex2", 9);
            Answer taken = send(extracted("gw-ex2", store));
            assertThat(taken.body().path("newValues").asLong())
                    .describedAs("%s", taken.body())
                    .isEqualTo(9 * 96 * 2);
            assertThat(present("ex2")).isEqualTo(9 * 96);
            long pending = pending("ex2");
            assertThat(pending).isPositive();

            edge.connect();
            drained(edge);

            assertThat(pending("ex2")).isEqualTo(pending);
            assertThat(present("ex2")).isEqualTo(9 * 96);
            assertThat(collector.number(
                            "SELECT count(*) FROM reading_history JOIN meter USING (meter_id) WHERE meter_no = 'ex2'"))
                    .isZero();
        }
    }

    @Test
    @DisplayName("F33, D23: polls of unknown meters are held once, and released when the meter is commissioned")
    void held() throws Exception {
        collector.post("/api/v1/gateways", "{\"id\":\"gw-ex3\"}");
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex3", store)) {
            commit(edge, "ex3", 3);
        }
        Path file = extracted("gw-ex3", store);
        assertThat(send(file).body().path("held").asLong()).isEqualTo(1);
        send(file);
        assertThat(collector.number("SELECT count(*) FROM held_poll WHERE meter_no = 'ex3'"))
                .isEqualTo(1);
        collector.fleet("gw-ex3", "ex3");
        await().atMost(Duration.ofSeconds(15)).until(() -> present("ex3") == 3 * 96);
    }

    @Test
    @DisplayName(
            "R46, S50: an altered or truncated file is refused wherever it was touched, and nothing of it is taken")
    void altered() throws Exception {
        collector.fleet("gw-ex4", "ex4");
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex4", store)) {
            commit(edge, "ex4", 5);
        }
        byte[] good = Files.readAllBytes(extracted("gw-ex4", store));
        Random random = new Random(4);
        boolean taken = false;
        for (int i = 0; i < 25; i++) {
            refused(Arrays.copyOf(good, random.nextInt(good.length)), "EXTRACTION_");
            byte[] touched = good.clone();
            touched[random.nextInt(touched.length)] ^= (byte) (1 << random.nextInt(8));
            Answer answer = send(touched, "en");
            // A bit of the envelope that says nothing may change; the content may not.
            long values = answer.body().path("newValues").asLong(0)
                    + answer.body().path("knownValues").asLong(0);
            taken |= answer.status() == 200;
            assertThat(values).isEqualTo(answer.status() == 200 ? 5 * 96 * 2 : 0);
            assertThat(present("ex4")).isEqualTo(taken ? 5 * 96 : 0);
        }
        refused(Arrays.copyOf(good, good.length - 1), "EXTRACTION_DAMAGED");
        byte[] noise = new byte[5_000];
        random.nextBytes(noise);
        refused(noise, "EXTRACTION_UNREADABLE");
        refused(new byte[0], "EXTRACTION_UNREADABLE");
        assertThat(send(good, "en").status()).isEqualTo(200);
        assertThat(present("ex4")).isEqualTo(5 * 96);
    }

    private static void refused(byte[] file, String code) throws Exception {
        Answer answer = send(file, "en");
        assertThat(answer.status()).describedAs("%s", answer.body()).isEqualTo(422);
        assertThat(answer.body().path("code").asString()).startsWith(code);
        assertThat(answer.body().path("detail").asString()).isNotBlank();
    }

    @Test
    @DisplayName(
            "R46, S17: a file for another recipient, by a stranger, in another's name, of an unknown gateway: each its sentence, in Spanish too")
    void strangers() throws Exception {
        collector.fleet("gw-ex5", "ex5");
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex5", store)) {
            commit(edge, "ex5", 1);
        }
        Pki pki = collector.pki();
        Identity own = Identity.load(
                pki.keyStore("gw-ex5"),
                pki.passwordFile(),
                certificate(pki, "collector", folder.resolve("c.der")),
                pki.trustStore(),
                pki.passwordFile());
        Identity toAnother = Identity.load(
                pki.keyStore("gw-ex5"),
                pki.passwordFile(),
                certificate(pki, "another", folder.resolve("a.der")),
                pki.trustStore(),
                pki.passwordFile());
        Pki other = new Pki(folder.resolve("other"));
        Identity stranger = Identity.load(
                other.keyStore("gw-ex5"),
                other.passwordFile(),
                certificate(other, "gw-ex5", folder.resolve("s.der")),
                other.trustStore(),
                other.passwordFile());

        refused(made(store, toAnother), "EXTRACTION_NOT_FOR_US");
        refused(
                made(store, new Identity("gw-ex5", stranger.key(), stranger.chain(), own.recipient())),
                "EXTRACTION_SIGNATURE");
        byte[] inAnothersName = made(store, new Identity("gw-ex1", own.key(), own.chain(), own.recipient()));
        refused(inAnothersName, "EXTRACTION_WRONG_GATEWAY");
        assertThat(send(inAnothersName, "es").body().path("detail").asString())
                .contains("firmado por gw-ex5", "gw-ex1");
        Identity unknown = Identity.load(
                pki.keyStore("gw-ex-unknown"),
                pki.passwordFile(),
                folder.resolve("c.der"),
                pki.trustStore(),
                pki.passwordFile());
        refused(made(store, unknown), "EXTRACTION_UNKNOWN_GATEWAY");
        assertThat(present("ex5")).isZero();
    }

    private byte[] made(Path store, Identity identity) throws Exception {
        Path file = folder.resolve("made-" + System.nanoTime());
        TimeRange range = new TimeRange(FIRST.minusSeconds(86_400), FIRST.plusSeconds(3 * 86_400L));
        new Extraction(identity, Clock.systemUTC()).write(store, range, file, (n, of) -> {});
        return Files.readAllBytes(file);
    }

    @Test
    @DisplayName("R46: the command says what is missing, in both languages, and leaves no half file")
    void command() throws Exception {
        Path store = folder.resolve("store");
        try (RealEdge edge = new RealEdge(collector, "gw-ex6", store)) {
            commit(edge, "ex6", 1);
        }
        Pki pki = collector.pki();
        Path file = folder.resolve("out.p7m");
        assertThat(extract(pki, "gw-ex6", store, file, "--from", "2027-01-01", "--to", "2027-01-02", "--lang", "es"))
                .isEqualTo(6);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("El almacén no tiene nada");
        assertThat(extract(pki, "gw-ex6", store, file, "--to", "yesterday")).isEqualTo(2);
        assertThat(extract(pki, "gw-ex6", store, file, "--frm", "2027-01-01")).isEqualTo(2);
        assertThat(extract(pki, "gw-ex6", folder.resolve("nowhere"), file, "--lang", "en"))
                .isEqualTo(6);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("there is no store");
        Pki other = new Pki(folder.resolve("other"));
        Path stranger = certificate(other, "collector", folder.resolve("stranger.der"));
        assertThat(extract(pki, "gw-ex6", store, file, "--lang", "en", "--recipient", stranger.toString()))
                .isEqualTo(6);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("not signed by an authority of the trust store");
        assertThat(Files.list(folder).map(p -> p.getFileName().toString())).noneMatch(n -> n.startsWith("out.p7m"));
        assertThat(extract(pki, "gw-ex6", store, file)).isZero();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(extract(pki, "gw-ex6", store, file)).isEqualTo(7);
    }
}
