package org.telar.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The test authority gives each party what a mutual TLS 1.3 connection needs, and nobody else can read it. */
class TestPkiTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("S16 S19: mutual TLS 1.3 with the host name verified; the server sees the gateway's id")
    void mutualTls() throws Exception {
        TestPki pki = TestPki.open(folder);
        SSLContext server = context(pki.server("collector"));
        SSLContext gateway = context(pki.gateway("gw-0001"));
        assertThat(handshake(server, gateway)).isEqualTo("CN=gw-0001 over TLSv1.3");
    }

    @Test
    @DisplayName("S16: a client of another authority is refused")
    void foreignAuthority() throws Exception {
        SSLContext server = context(TestPki.open(folder.resolve("ours")).server("collector"));
        SSLContext stranger = context(TestPki.open(folder.resolve("theirs")).gateway("gw-0001"));
        assertThatThrownBy(() -> handshake(server, stranger)).isInstanceOf(SSLException.class);
    }

    @Test
    @DisplayName("S21 S49: stores and passwords are 0600, made once and reused")
    void filesAreOursAlone() throws Exception {
        TestPki pki = TestPki.open(folder);
        TestPki.Identity made = pki.gateway("gw-0001");
        byte[] before = Files.readAllBytes(made.keyStore());
        assertThat(TestPki.open(folder).gateway("gw-0001")).isEqualTo(made);
        assertThat(made.keyStore()).hasBinaryContent(before);
        assertThat(TestPki.open(folder).authority()).isEqualTo(pki.authority());
        try (var files = Files.list(folder)) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    private static String handshake(SSLContext serverContext, SSLContext clientContext) throws Exception {
        InetAddress local = InetAddress.getLoopbackAddress();
        try (SSLServerSocket listener =
                (SSLServerSocket) serverContext.getServerSocketFactory().createServerSocket(0, 1, local)) {
            listener.setNeedClientAuth(true);
            listener.setEnabledProtocols(new String[] {"TLSv1.3"});
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> {
                try (SSLSocket accepted = (SSLSocket) listener.accept()) {
                    accepted.setSoTimeout(10_000);
                    accepted.startHandshake();
                    String answer = accepted.getSession().getPeerPrincipal() + " over "
                            + accepted.getSession().getProtocol();
                    accepted.getOutputStream().write(1);
                    return answer;
                } catch (IOException e) {
                    return "refused: " + e.getMessage();
                }
            });
            try (SSLSocket client =
                    (SSLSocket) clientContext.getSocketFactory().createSocket("localhost", listener.getLocalPort())) {
                client.setSoTimeout(10_000);
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                client.startHandshake();
                // TLS 1.3 refuses a client after its side of the handshake: only a byte from the server proves it.
                if (client.getInputStream().read() < 0) {
                    throw new SSLException("closed by the server");
                }
            }
            return seen.get(10, TimeUnit.SECONDS);
        }
    }

    private static SSLContext context(TestPki.Identity identity) throws IOException, GeneralSecurityException {
        char[] password = Files.readString(identity.passwordFile()).strip().toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(identity.keyStore(), password), password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(identity.trustStore(), password));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }
}
