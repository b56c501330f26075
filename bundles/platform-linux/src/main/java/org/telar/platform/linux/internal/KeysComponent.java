package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.platform.KeyReceiver;
import org.telar.api.platform.KeyVault;

/** Keys of meters: those that the centre sent, else those of {@code keys.csv}. */
@Component(
        name = "org.telar.platform.linux.keys",
        service = {KeyVault.class, KeyReceiver.class},
        immediate = true,
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KeysComponent implements KeyVault, KeyReceiver {
    private final KeysFile file;
    private final SealedKeys sealed;
    private final GatewayStores stores;

    @Activate
    public KeysComponent(PlatformConfig config) throws IOException {
        file = new KeysFile(Path.of(config.keys_file()));
        sealed = new SealedKeys(Path.of(config.data_directory()));
        stores = new GatewayStores(
                config.key_store(), config.trust_store(), config.password_file(), config.collector_name());
    }

    @Override
    public Optional<MeterKeys> keysOf(MeterId meter) {
        return sealed.keysOf(meter).or(() -> sealed.version() > 0 ? Optional.empty() : file.keysOf(meter));
    }

    @Override
    public byte[] open(byte[] envelope) throws GeneralSecurityException {
        return stores.envelope().open(envelope);
    }

    @Override
    public void install(long version, Map<MeterId, MeterKeys> keys) throws IOException {
        sealed.install(version, keys);
    }

    @Override
    public long version() {
        return sealed.version();
    }
}
