package org.telar.harness.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.telar.harness.TestPki;

/**
 * A man in the middle of one MQTT link, with keys of the test authority: it ends the client's TLS, makes its own to the
 * broker as that client, and passes packets through a filter that may drop, repeat, hold or answer them. Thread-safe.
 */
final class MqttShim implements AutoCloseable {
    private static final int CONNECT_MILLIS = 3000;

    private final SSLServerSocket server;
    private final SSLContext asClient;
    private final int brokerPort;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private volatile Filter filter = Filter.PASS;

    /** Decides what becomes of each packet; called on two threads, one a direction. */
    interface Filter {
        Filter PASS = new Filter() {};

        /** From client to broker. */
        default void up(MqttFrame frame, Session session) throws IOException {
            session.toBroker(frame);
        }

        /** From broker to client. */
        default void down(MqttFrame frame, Session session) throws IOException {
            session.toClient(frame);
        }
    }

    private MqttShim(SSLServerSocket server, SSLContext asClient, int brokerPort) {
        this.server = server;
        this.asClient = asClient;
        this.brokerPort = brokerPort;
    }

    /**
     * Starts it.
     *
     * @param identity of the broker's machine, shown to the client
     * @param client shown to the broker
     */
    static MqttShim start(int port, int brokerPort, TestPki.Identity identity, TestPki.Identity client)
            throws IOException {
        try {
            SSLServerSocket server =
                    (SSLServerSocket) context(identity).getServerSocketFactory().createServerSocket();
            server.setReuseAddress(true);
            server.setNeedClientAuth(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            MqttShim shim = new MqttShim(server, context(client), brokerPort);
            thread("shim-accept", shim::accept);
            return shim;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS of the shim: " + e.getMessage(), e);
        }
    }

    /** TLS with the key and the trust of one party. */
    static SSLContext context(TestPki.Identity identity) throws IOException, GeneralSecurityException {
        char[] password = Files.readString(identity.passwordFile()).strip().toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(identity.keyStore(), password), password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(identity.trustStore(), password));
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(java.nio.file.Path file, char[] password)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    int port() {
        return server.getLocalPort();
    }

    /** From the next packet on. */
    void filter(Filter next) {
        filter = next;
    }

    /** Ends every connection at both ends. */
    void resetAll() {
        sessions.forEach(Session::end);
    }

    @Override
    public void close() throws IOException {
        server.close();
        resetAll();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) server.accept();
                thread("shim-up", () -> join(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void join(SSLSocket client) {
        try {
            client.startHandshake();
            SSLSocket broker = (SSLSocket) asClient.getSocketFactory().createSocket();
            broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort), CONNECT_MILLIS);
            Session session = new Session(client, broker);
            sessions.add(session);
            thread("shim-down", () -> session.pump(broker, false));
            session.pump(client, true);
        } catch (IOException unreachable) {
            closeQuietly(client);
        }
    }

    /** One client joined to the broker. */
    final class Session {
        private final Socket client;
        private final Socket broker;
        private final OutputStream clientOut;
        private final OutputStream brokerOut;

        private Session(Socket client, Socket broker) throws IOException {
            this.client = client;
            this.broker = broker;
            this.clientOut = client.getOutputStream();
            this.brokerOut = broker.getOutputStream();
        }

        void toBroker(MqttFrame frame) throws IOException {
            synchronized (brokerOut) {
                frame.write(brokerOut);
            }
        }

        void toClient(MqttFrame frame) throws IOException {
            synchronized (clientOut) {
                frame.write(clientOut);
            }
        }

        /** Both ends see the connection lost. */
        void end() {
            sessions.remove(this);
            closeQuietly(client);
            closeQuietly(broker);
        }

        private void pump(Socket from, boolean upward) {
            try {
                InputStream in = new java.io.BufferedInputStream(from.getInputStream());
                for (MqttFrame f = MqttFrame.read(in); f != null; f = MqttFrame.read(in)) {
                    if (upward) {
                        filter.up(f, this);
                    } else {
                        filter.down(f, this);
                    }
                }
            } catch (IOException lost) {
                System.getLogger(MqttShim.class.getName()).log(System.Logger.Level.TRACE, "shim", lost);
            }
            end();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            System.getLogger(MqttShim.class.getName()).log(System.Logger.Level.TRACE, "shim", gone);
        }
    }

    private static void thread(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.start();
    }
}
