package org.telar.uplink.mqtt.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Sockets of TLS 1.3 only, with the gateway's certificate, trusting nothing but the trust store. Errors name the file.
 *
 * @param sockets for one connection
 * @param ownExpiry when our certificate ends
 */
record Tls(SSLSocketFactory sockets, Optional<Instant> ownExpiry) {

    static Tls load(UplinkSettings.TlsFiles files) throws IOException {
        char[] keyPassword = password(files.keyPassword());
        char[] trustPassword = password(files.trustPassword());
        try {
            KeyStore keys = store(files.keyStore(), keyPassword);
            KeyStore trust = store(files.trustStore(), trustPassword);
            KeyManagerFactory km = KeyManagerFactory.getInstance("PKIX");
            km.init(keys, keyPassword);
            TrustManagerFactory tm = TrustManagerFactory.getInstance("PKIX");
            tm.init(trust);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(km.getKeyManagers(), tm.getTrustManagers(), null);
            return new Tls(new Sockets(context.getSocketFactory()), expiry(files.keyStore(), keys));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "key material of the uplink cannot be used (" + files.keyStore() + ", " + files.trustStore() + "): "
                            + e.getMessage(),
                    e);
        } finally {
            Arrays.fill(keyPassword, ' ');
            Arrays.fill(trustPassword, ' ');
        }
    }

    private static char[] password(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").strip().toCharArray();
        } catch (IOException e) {
            throw new IOException("password file " + file + " cannot be read: " + e, e);
        }
    }

    private static KeyStore store(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        } catch (IOException e) {
            throw new IOException(file + " is not a PKCS#12 store that the password opens: " + e.getMessage(), e);
        }
        if (store.size() == 0) {
            throw new IOException(file + " holds no certificate");
        }
        return store;
    }

    private static Optional<Instant> expiry(Path file, KeyStore keys) throws GeneralSecurityException, IOException {
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate own) {
                return Optional.of(own.getNotAfter().toInstant());
            }
        }
        throw new IOException(file + " holds no private key with a certificate");
    }

    /** Paho sets name verification itself; the protocol and a close that cannot hang are ours to set. */
    private static final class Sockets extends SSLSocketFactory {
        private final SSLSocketFactory inner;

        Sockets(SSLSocketFactory inner) {
            this.inner = inner;
        }

        private static Socket ours(Socket socket) throws IOException {
            ((SSLSocket) socket).setEnabledProtocols(new String[] {"TLSv1.3"});
            // Without it, closing waits for a writer that a paused peer blocks for ever.
            socket.setSoLinger(true, 1);
            return socket;
        }

        @Override
        public Socket createSocket() throws IOException {
            return ours(inner.createSocket());
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return ours(inner.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return ours(inner.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return ours(inner.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return ours(inner.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(Socket s, String host, int port, boolean autoClose) throws IOException {
            return ours(inner.createSocket(s, host, port, autoClose));
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return inner.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return inner.getSupportedCipherSuites();
        }
    }
}
