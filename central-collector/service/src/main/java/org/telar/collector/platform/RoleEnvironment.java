package org.telar.collector.platform;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** A process that is broker alone has no web server. */
public final class RoleEnvironment implements EnvironmentPostProcessor {
    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!environment.getProperty("telar.roles", "collector,broker").contains("collector")) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource(
                            "telar-roles",
                            Map.of("spring.main.web-application-type", "none", "spring.main.keep-alive", "true")));
        }
    }
}
