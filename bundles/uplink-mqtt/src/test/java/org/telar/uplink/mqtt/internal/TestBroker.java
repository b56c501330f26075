package org.telar.uplink.mqtt.internal;

import java.net.ServerSocket;
import java.nio.file.Path;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** A real broker in this process: Artemis with mutual TLS, memory only, on one port for its whole life. */
final class TestBroker implements AutoCloseable {
    private final TestPki pki;
    private final Path keyStore;
    private final Path folder;
    private final int port;
    private final String more;
    private EmbeddedActiveMQ server;

    /** @param more further acceptor parameters, {@code key=value;...} */
    TestBroker(TestPki pki, Path keyStore, Path folder, String more) throws Exception {
        this.pki = pki;
        this.keyStore = keyStore;
        this.folder = folder;
        this.more = more;
        this.port = freePort();
        start();
    }

    static int freePort() throws Exception {
        try (ServerSocket s = new ServerSocket(0)) {
            return s.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    void start() throws Exception {
        Configuration c = new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .setPagingDirectory(folder.resolve("paging").toString());
        c.setBrokerInstance(folder.toFile());
        c.addAcceptorConfiguration(
                "mqtt",
                "tcp://127.0.0.1:" + port + "?protocols=MQTT;sslEnabled=true;needClientAuth=true"
                        + ";enabledProtocols=TLSv1.3;keyStoreType=PKCS12;trustStoreType=PKCS12"
                        + ";keyStorePath=" + keyStore + ";keyStorePassword=" + TestPki.PASSWORD
                        + ";trustStorePath=" + pki.trust() + ";trustStorePassword=" + TestPki.PASSWORD + more);
        server = new EmbeddedActiveMQ();
        server.setConfiguration(c);
        server.start();
    }

    /** Stops it; what it held is gone. */
    void stop() throws Exception {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
