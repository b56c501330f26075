package org.telar.platform.linux.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.telar.api.platform.Gateway;
import org.telar.api.platform.GatewayIdentity;

/** Who this gateway is, from the configuration. */
@Component(
        name = "org.telar.platform.linux.identity",
        configurationPid = PlatformConfig.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PlatformConfig.class)
public final class IdentityComponent implements GatewayIdentity {
    private final Gateway gateway;

    @Activate
    public IdentityComponent(PlatformConfig config) {
        gateway =
                Identity.gateway(config.gateway_id(), config.manufacturer(), config.serial(), config.data_directory());
    }

    @Override
    public Gateway gateway() {
        return gateway;
    }
}
