package org.telar.collector.platform;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.telar.collector.RefusedException;

/**
 * The embedded Artemis broker: MQTT 5 over mutual TLS 1.3 for gateways and collectors, and JMS inside the process.
 * What it acknowledged is in its journal, synced, and survives kill −9. Parties are their certificates
 * ({@link CertificateSecurity}).
 */
public final class Broker implements AutoCloseable {
    /** Where messages go that were delivered in vain too often. */
    public static final String DEAD = "telar.dead";

    /** Expired messages go to an address that has no queue: they are worth nothing. */
    private static final SimpleString NOWHERE = SimpleString.of("telar.expired");

    private static final AtomicInteger NEXT_ID = new AtomicInteger();
    private static final String NETTY = NettyAcceptorFactory.class.getName();

    private final ActiveMQServer server;
    private final int id;
    private final int mqttPort;

    private Broker(ActiveMQServer server, int id, int mqttPort) {
        this.server = server;
        this.id = id;
        this.mqttPort = mqttPort;
    }

    /**
     * Starts the broker.
     *
     * @param folder keeps the journal
     * @throws RefusedException when a port or the folder cannot be used
     */
    public static Broker start(Path folder, CollectorSettings settings, TlsMaterial tls) {
        CollectorSettings.Mqtt mqtt = settings.mqtt();
        int port = Ports.claim(mqtt.address(), settings.mqttPort(), "telar.mqtt.port");
        int id = NEXT_ID.getAndIncrement();
        try {
            Configuration c = configuration(folder, id);
            Map<String, Object> acceptor = tlsParameters(mqtt.address(), port, tls);
            acceptor.put("protocols", "MQTT");
            Map<String, Object> limits = new HashMap<>();
            limits.put("maximumPacketSize", Integer.toString(mqtt.maximumPacketBytes()));
            limits.put("defaultMqttSessionExpiryInterval", "86400");
            // The client's own keep-alive counts (240 s, D15); the default of 60 s would end idle links.
            limits.put("serverKeepAlive", "-1");
            c.addAcceptorConfiguration(new TransportConfiguration(NETTY, acceptor, "mqtt", limits));
            if (settings.jms().port() >= 0) {
                int jms = Ports.claim(mqtt.address(), settings.jms().port(), "telar.jms.port");
                Map<String, Object> core = tlsParameters(mqtt.address(), jms, tls);
                core.put("protocols", "CORE");
                c.addAcceptorConfiguration(new TransportConfiguration(NETTY, core, "jms", Map.of()));
            }
            CertificateSecurity security = new CertificateSecurity(tls.commonName(), c.getWildcardConfiguration());
            ActiveMQServer server = new ActiveMQServerImpl(c, security);
            server.getServiceRegistry().addIncomingInterceptor(new SubscriptionGuard(security));
            server.start();
            if (!server.waitForActivation(60, TimeUnit.SECONDS)) {
                server.stop();
                throw new RefusedException("the broker in " + folder + " did not become active within 60 s.");
            }
            if (!server.getRemotingService().getAcceptor("mqtt").isStarted()) {
                server.stop();
                throw new RefusedException("the broker cannot listen at " + mqtt.address() + ":" + port
                        + " (telar.mqtt.port) with the certificate of telar.tls.key-store.");
            }
            return new Broker(server, id, port);
        } catch (RefusedException e) {
            throw e;
        } catch (Exception e) {
            throw new RefusedException("the broker in " + folder + " cannot start: " + e.getMessage() + ".", e);
        }
    }

    /** Port of the MQTT acceptor. */
    public int mqttPort() {
        return mqttPort;
    }

    /** URL of JMS connections inside this process. */
    public String jmsUrl() {
        return "vm://" + id;
    }

    /** Messages waiting in a queue, 0 when there is no such queue. */
    public long depth(String queue) {
        var located = server.locateQueue(SimpleString.of(queue));
        return located == null ? 0 : located.getMessageCount();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }

    private static Map<String, Object> tlsParameters(String address, int port, TlsMaterial tls) {
        Map<String, Object> p = new HashMap<>();
        p.put("host", address);
        p.put("port", Integer.toString(port));
        p.put("sslEnabled", "true");
        p.put("needClientAuth", "true");
        p.put("enabledProtocols", "TLSv1.3");
        p.put("keyStorePath", tls.keyStore().toString());
        p.put("keyStoreType", "PKCS12");
        p.put("keyStorePassword", tls.password());
        p.put("trustStorePath", tls.trustStore().toString());
        p.put("trustStoreType", "PKCS12");
        p.put("trustStorePassword", tls.password());
        p.put("useEpoll", "false");
        p.put("remotingThreads", "4");
        return p;
    }

    private static Configuration configuration(Path folder, int id) {
        ConfigurationImpl c = new ConfigurationImpl();
        c.setName("telar-" + id);
        c.setPersistenceEnabled(true);
        c.setJournalType(JournalType.NIO);
        c.setJournalDirectory(folder.resolve("journal").toString());
        c.setBindingsDirectory(folder.resolve("bindings").toString());
        c.setPagingDirectory(folder.resolve("paging").toString());
        c.setLargeMessagesDirectory(folder.resolve("large").toString());
        c.setJournalSyncNonTransactional(true);
        c.setJournalSyncTransactional(true);
        c.setJournalBufferTimeout_NIO(1_000_000);
        c.setJournalFileSize(4 << 20);
        c.setJournalMinFiles(2);
        c.setJournalPoolFiles(4);
        c.setGlobalMaxSize(48L << 20);
        c.setMaxDiskUsage(95);
        c.setThreadPoolMaxSize(12);
        c.setScheduledThreadPoolMaxSize(3);
        c.setPersistIDCache(true);
        c.setIDCacheSize(20_000);
        c.setSecurityEnabled(true);
        // Decisions depend on the connection, which Artemis's cache keys leave out.
        c.setAuthenticationCacheSize(0);
        c.setAuthorizationCacheSize(0);
        // The built-in cluster account has a well-known password.
        c.setClusterUser("cluster-" + UUID.randomUUID());
        c.setClusterPassword(UUID.randomUUID().toString());
        c.setJMXManagementEnabled(false);
        c.setMessageExpiryScanPeriod(5_000);
        c.setGracefulShutdownEnabled(false);
        c.addAcceptorConfiguration(new TransportConfiguration(
                InVMAcceptorFactory.class.getName(), Map.of("serverId", Integer.toString(id)), "in-vm"));
        c.addAddressSetting("#", jmsSettings());
        c.addAddressSetting("telar.v1.#", mqttSettings());
        c.addQueueConfiguration(QueueConfiguration.of(DEAD).setRoutingType(RoutingType.ANYCAST));
        return c;
    }

    private static AddressSettings jmsSettings() {
        return new AddressSettings()
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST)
                .setDeadLetterAddress(SimpleString.of(DEAD))
                .setExpiryAddress(NOWHERE)
                .setMaxDeliveryAttempts(10)
                .setRedeliveryDelay(1_000)
                .setRedeliveryMultiplier(2)
                .setMaxRedeliveryDelay(60_000)
                .setAutoDeleteQueues(false)
                .setAutoDeleteAddresses(false)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                .setMaxSizeBytes(16L << 20)
                .setPageSizeBytes(2 << 20);
    }

    /** A delivery that was not acknowledged comes again for ever: nothing of a meter is dropped by counting. */
    private static AddressSettings mqttSettings() {
        return new AddressSettings()
                .setExpiryAddress(NOWHERE)
                .setMaxDeliveryAttempts(-1)
                .setRedeliveryDelay(0)
                .setAutoDeleteQueues(true)
                .setAutoDeleteAddresses(false)
                .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                .setMaxSizeBytes(24L << 20)
                .setPageSizeBytes(2 << 20);
    }
}
