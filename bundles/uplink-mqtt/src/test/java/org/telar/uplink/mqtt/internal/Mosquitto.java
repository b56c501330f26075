package org.telar.uplink.mqtt.internal;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/** Eclipse Mosquitto as Debian ships it. */
final class Mosquitto implements ContractBroker {
    private final Path folder;
    private final int port;
    private Process process;

    /** Where it is installed. */
    static Optional<Path> program() {
        return Stream.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    Mosquitto(TestPki pki, Path keys, Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.port = TestBroker.freePort();
        KeyStore own = load(keys);
        String alias = own.aliases().nextElement();
        pem("broker.crt", "CERTIFICATE", own.getCertificate(alias).getEncoded());
        pem(
                "broker.key",
                "PRIVATE KEY",
                own.getKey(alias, TestPki.PASSWORD.toCharArray()).getEncoded());
        KeyStore trust = load(pki.trust());
        Certificate ca = trust.getCertificate(trust.aliases().nextElement());
        pem("ca.crt", "CERTIFICATE", ca.getEncoded());
        Files.write(
                folder.resolve("mosquitto.conf"),
                List.of(
                        "per_listener_settings false",
                        "user root",
                        "allow_anonymous true",
                        "persistence false",
                        "max_packet_size 65536",
                        "max_queued_messages 0",
                        "listener " + port + " 127.0.0.1",
                        "certfile " + folder.resolve("broker.crt"),
                        "keyfile " + folder.resolve("broker.key"),
                        "cafile " + folder.resolve("ca.crt"),
                        "require_certificate true",
                        "tls_version tlsv1.3"));
        start();
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, TestPki.PASSWORD.toCharArray());
        }
        return store;
    }

    private void pem(String name, String what, byte[] der) throws Exception {
        Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() throws Exception {
        process = new ProcessBuilder(
                        program().orElseThrow().toString(),
                        "-c",
                        folder.resolve("mosquitto.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("mosquitto.log").toFile()))
                .start();
        await().atMost(Duration.ofSeconds(10)).until(this::answers);
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
        } catch (java.io.IOException notYet) {
            return false;
        }
    }

    @Override
    public void stop() throws Exception {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
