package org.telar.collector;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.telar.collector.backup.RestoreCommand;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.PlatformConfiguration;

/** Starts the collector: roles {@code collector}, {@code broker}, or both in one process. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class})
@EnableConfigurationProperties(CollectorSettings.class)
@Import({PlatformConfiguration.class, CollectorRole.class, Announcement.class})
public class CollectorApplication {

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("restore")) {
            System.exit(RestoreCommand.run(args));
        }
        try {
            application().run(args);
        } catch (RuntimeException e) {
            System.exit(StartFailure.exitCode(e));
        }
    }

    static SpringApplication application() {
        SpringApplication app = new SpringApplication(CollectorApplication.class);
        app.setLogStartupInfo(false);
        return app;
    }
}
