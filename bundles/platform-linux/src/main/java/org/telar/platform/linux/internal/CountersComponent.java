package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Path;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.telar.api.model.MeterId;
import org.telar.api.platform.InvocationCounters;

/** The OSGi component of {@link CounterFile}. */
@Component(
        name = "org.telar.platform.linux.counters",
        service = InvocationCounters.class,
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class CountersComponent implements InvocationCounters {
    private final CounterFile file;

    @Activate
    public CountersComponent(PlatformConfig config) throws IOException {
        file = new CounterFile(Path.of(config.data_directory(), "invocation-counters.state"));
    }

    @Deactivate
    void deactivate() {
        file.close();
    }

    @Override
    public long reserve(MeterId meter, int count) {
        return file.reserve(meter, count);
    }

    @Override
    public void atLeast(MeterId meter, long next) {
        file.atLeast(meter, next);
    }
}
