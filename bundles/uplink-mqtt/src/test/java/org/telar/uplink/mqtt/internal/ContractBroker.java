package org.telar.uplink.mqtt.internal;

import java.nio.file.Path;

/** A broker of some make, with mutual TLS 1.3, at most 64 KiB a packet, and a port of its own for its whole life. */
interface ContractBroker extends AutoCloseable {
    int port();

    void start() throws Exception;

    /** Stops it; what it held may be gone. */
    void stop() throws Exception;

    /** Of Debian, a process of its own. */
    static ContractBroker mosquitto(TestPki pki, Path keys, Path folder) throws Exception {
        return new Mosquitto(pki, keys, folder);
    }

    static ContractBroker artemis(TestPki pki, Path keys, Path folder) throws Exception {
        TestBroker broker = new TestBroker(pki, keys, folder, ";maximumPacketSize=65536");
        return new ContractBroker() {
            @Override
            public int port() {
                return broker.port();
            }

            @Override
            public void start() throws Exception {
                broker.start();
            }

            @Override
            public void stop() throws Exception {
                broker.stop();
            }

            @Override
            public void close() throws Exception {
                broker.close();
            }
        };
    }
}
