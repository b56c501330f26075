package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.telar.api.meter.MeterKeys;
import org.telar.api.model.MeterId;
import org.telar.api.platform.KeyVault;

/** The OSGi component of {@link KeysFile}. */
@Component(
        name = "org.telar.platform.linux.keys",
        service = KeyVault.class,
        immediate = true,
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KeysComponent implements KeyVault {
    private final KeysFile file;

    @Activate
    public KeysComponent(PlatformConfig config) throws IOException {
        file = new KeysFile(Path.of(config.keys_file()));
    }

    @Override
    public Optional<MeterKeys> keysOf(MeterId meter) {
        return file.keysOf(meter);
    }
}
