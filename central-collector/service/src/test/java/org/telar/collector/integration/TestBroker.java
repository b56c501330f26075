package org.telar.collector.integration;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.invm.InVMAcceptorFactory;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.telar.collector.integration.queue.ReadingsQueue;

/** A real Artemis with its journal on disk, reachable inside the process. */
public final class TestBroker implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger(1000);

    private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();
    private final int id = NEXT.getAndIncrement();

    public TestBroker(Path folder) throws Exception {
        ConfigurationImpl c = new ConfigurationImpl();
        c.setPersistenceEnabled(true);
        c.setJournalDirectory(folder.resolve("journal").toString());
        c.setBindingsDirectory(folder.resolve("bindings").toString());
        c.setLargeMessagesDirectory(folder.resolve("large").toString());
        c.setPagingDirectory(folder.resolve("paging").toString());
        c.setSecurityEnabled(false);
        c.setJournalFileSize(1 << 20);
        c.setPersistIDCache(true);
        c.addAcceptorConfiguration(new TransportConfiguration(
                InVMAcceptorFactory.class.getName(), Map.of("serverId", Integer.toString(id))));
        c.addAddressSetting(
                "#", new AddressSettings().setMaxDeliveryAttempts(-1).setAutoDeleteQueues(false));
        server.setConfiguration(c);
        server.start();
    }

    public ActiveMQConnectionFactory connections() {
        return new ActiveMQConnectionFactory("vm://" + id);
    }

    /** Drops what an earlier test has left. */
    public void purge() throws Exception {
        var queue = server.getActiveMQServer()
                .locateQueue(org.apache.activemq.artemis.api.core.SimpleString.of(ReadingsQueue.NAME));
        if (queue != null) {
            queue.deleteAllReferences();
        }
    }

    /** Messages that wait in the readings queue. */
    public long depth() {
        var queue = server.getActiveMQServer()
                .locateQueue(org.apache.activemq.artemis.api.core.SimpleString.of(ReadingsQueue.NAME));
        return queue == null ? 0 : queue.getMessageCount();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
