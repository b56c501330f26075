package org.telar.collector.backup;

import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.telar.collector.integration.IntegrationAlarms;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.DataFolder;
import org.telar.collector.platform.Databases;
import org.telar.collector.platform.PostgresServer;

/** Backups where the server is ours; a server of the site's has its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BackupSettings.class)
public class BackupConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(BackupConfiguration.class);

    /** Holds the backups, if this collector makes any. */
    public static final class Keeper implements AutoCloseable {
        private final Optional<Backups> backups;
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(r -> {
            Thread t = new Thread(r, "backup timer");
            t.setDaemon(true);
            return t;
        });

        Keeper(Optional<Backups> backups) {
            this.backups = backups;
            backups.ifPresent(b -> timer.scheduleWithFixedDelay(() -> tick(b), 1, 1, TimeUnit.MINUTES));
        }

        private static void tick(Backups b) {
            try {
                b.tick();
            } catch (RuntimeException e) {
                LOG.warn("Whether a backup is due is looked at again in a minute: {}", e.toString());
            }
        }

        /** Empty: the databases are on a server of the site's. */
        public Optional<Backups> backups() {
            return backups;
        }

        @Override
        public void close() throws InterruptedException {
            timer.shutdownNow();
            if (backups.isPresent()) {
                backups.get().close();
            }
        }
    }

    @Bean(destroyMethod = "close")
    Keeper backupKeeper(
            Databases databases,
            DataFolder data,
            CollectorSettings site,
            BackupSettings settings,
            Clock clock,
            ObjectProvider<IntegrationAlarms> alarms) {
        return new Keeper(databases.embedded().map(server -> backups(server, data, site, settings, clock, alarms)));
    }

    private static Backups backups(
            PostgresServer server,
            DataFolder data,
            CollectorSettings site,
            BackupSettings settings,
            Clock clock,
            ObjectProvider<IntegrationAlarms> alarms) {
        return new Backups(
                server,
                settings.folder()
                        .orElseGet(() -> data.root().resolve("backups"))
                        .toAbsolutePath(),
                site.database()
                        .software()
                        .map(java.nio.file.Path::of)
                        .orElse(data.root().resolve("postgres/software"))
                        .toAbsolutePath(),
                settings,
                clock,
                (code, text) -> alarms.ifAvailable(a -> a.raise(code, "backup", text)));
    }
}
