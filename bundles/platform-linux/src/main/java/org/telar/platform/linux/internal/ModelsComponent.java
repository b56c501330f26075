package org.telar.platform.linux.internal;

import java.nio.file.Path;
import java.util.Optional;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.telar.api.meter.ModelMemory;

/** The OSGi component of {@link ModelFile}. */
@Component(
        name = "org.telar.platform.linux.models",
        service = ModelMemory.class,
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ModelsComponent implements ModelMemory {
    private final ModelFile file;

    @Activate
    public ModelsComponent(PlatformConfig config) {
        file = new ModelFile(Path.of(config.data_directory(), "models"));
    }

    @Override
    public Optional<String> recall(String key) {
        return file.recall(key);
    }

    @Override
    public void remember(String key, String value) {
        file.remember(key, value);
    }

    @Override
    public void forget(String key) {
        file.forget(key);
    }
}
