package org.telar.uplink.mqtt.internal;

import java.nio.file.Path;

/** The broker that the collector brings. */
class ArtemisContractTest extends BrokerContract {
    @Override
    ContractBroker broker(TestPki known, Path keys, Path folder) throws Exception {
        return ContractBroker.artemis(known, keys, folder);
    }
}
