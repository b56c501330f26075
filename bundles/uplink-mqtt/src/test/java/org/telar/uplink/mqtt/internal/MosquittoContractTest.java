package org.telar.uplink.mqtt.internal;

import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/** A broker of another make, in another language. */
class MosquittoContractTest extends BrokerContract {
    @Override
    ContractBroker broker(TestPki known, Path keys, Path folder) throws Exception {
        boolean there = Mosquitto.program().isPresent();
        if (!there) {
            System.out.println("SKIPPED(mosquitto is not installed: apt-get install mosquitto)");
        }
        Assumptions.assumeTrue(there, "mosquitto is not installed");
        return ContractBroker.mosquitto(known, keys, folder);
    }
}
