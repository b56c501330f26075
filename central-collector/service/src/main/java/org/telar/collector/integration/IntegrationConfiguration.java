package org.telar.collector.integration;

import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

import jakarta.jms.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.telar.collector.RefusedException;
import org.telar.collector.integration.cim.EventTypes;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.QueueToFile;
import org.telar.collector.integration.loader.BlockReplay;
import org.telar.collector.integration.loader.Integrator;
import org.telar.collector.integration.loader.LegacyExport;
import org.telar.collector.integration.loader.LegacyFiles;
import org.telar.collector.integration.loader.LoaderSettings;
import org.telar.collector.integration.loader.Partitions;
import org.telar.collector.integration.loader.Reinjection;
import org.telar.collector.integration.queue.Composer;
import org.telar.collector.integration.queue.ComposerSettings;
import org.telar.collector.integration.queue.Relay;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.DataFolder;

/** Puts the way to the Legacy together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IntegrationSettings.class)
public class IntegrationConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(IntegrationConfiguration.class);

    @Bean
    PendingWork pendingWork(@Qualifier("smmcDataSource") DataSource smmc, Clock clock) {
        return new PendingWork(smmc, clock);
    }

    @Bean
    ReadingTypes readingTypes(IntegrationSettings settings) {
        try {
            return new ReadingTypes(settings.readingTypes());
        } catch (RuntimeException e) {
            throw new RefusedException("telar.integration.reading-types: " + e.getMessage() + ".", e);
        }
    }

    @Bean
    Qualities qualities(IntegrationSettings settings) {
        try {
            return new Qualities(settings.qualities());
        } catch (RuntimeException e) {
            throw new RefusedException("telar.integration.qualities: " + e.getMessage() + ".", e);
        }
    }

    @Bean
    EventTypes eventTypes(IntegrationSettings settings) {
        try {
            return new EventTypes(settings.eventTypes());
        } catch (RuntimeException e) {
            throw new RefusedException("telar.integration.event-types: " + e.getMessage() + ".", e);
        }
    }

    @Bean
    LegacyFolder legacyFolder(DataFolder data) {
        return new LegacyFolder(data.folder("legacy"));
    }

    @Bean
    BlockReplay blockReplay(
            @Qualifier("legacyDataSource") DataSource legacy,
            ReadingTypes types,
            CollectorSettings site,
            IntegrationSettings settings,
            ObjectProvider<MeterDirectory> directory,
            Clock clock) {
        MeterDirectory meters = directory.getIfAvailable(() -> MeterDirectory.uniform(site.zone()));
        return new BlockReplay(legacy, types, loader(site, settings, meters), clock);
    }

    @Bean
    LegacyFiles legacyFiles(@Qualifier("legacyDataSource") DataSource legacy) {
        return new LegacyFiles(legacy);
    }

    @Bean
    Reinjection reinjection(@Qualifier("legacyDataSource") DataSource legacy, LegacyFolder folder) {
        return new Reinjection(legacy, folder);
    }

    @Bean
    Lag lag(
            @Qualifier("smmcDataSource") DataSource smmc,
            @Qualifier("legacyDataSource") DataSource legacy,
            LegacyFolder folder,
            Clock clock) {
        return new Lag(smmc, legacy, folder, clock);
    }

    @Bean
    LegacyExport legacyExport(@Qualifier("legacyDataSource") DataSource legacy) {
        return new LegacyExport(legacy);
    }

    @Bean
    IntegrationFlow integrationFlow(
            @Qualifier("smmcDataSource") DataSource smmc,
            @Qualifier("legacyDataSource") DataSource legacy,
            ConnectionFactory jms,
            LegacyFolder folder,
            ReadingTypes types,
            Qualities qualities,
            CollectorSettings site,
            IntegrationSettings settings,
            Clock clock,
            ObjectProvider<MeterDirectory> directory,
            ObjectProvider<IntegrationAlarms> alarms) {
        MeterDirectory meters = directory.getIfAvailable(() -> MeterDirectory.uniform(site.zone()));
        ComposerSettings messages = new ComposerSettings(
                settings.source(),
                site.zone(),
                settings.messageMeters(),
                1_000_000,
                settings.patience(),
                settings.compress());
        return new IntegrationFlow(
                smmc,
                folder,
                new Composer(smmc, messages, types, qualities, meters, clock, Arrows.QUIET),
                new Relay(smmc, jms, clock, Arrows.QUIET),
                new QueueToFile(jms, folder, settings.maximumBytes(), Arrows.QUIET),
                new Integrator(
                        legacy,
                        folder,
                        loader(site, settings, meters),
                        types,
                        qualities,
                        clock,
                        System::nanoTime,
                        alarms.getIfAvailable(() -> IntegrationConfiguration::log),
                        Arrows.QUIET),
                new Partitions(legacy, clock),
                settings,
                clock);
    }

    private static LoaderSettings loader(CollectorSettings site, IntegrationSettings settings, MeterDirectory meters) {
        LoaderSettings standard = LoaderSettings.standard(site.zone());
        Set<String> trusted = new HashSet<>(settings.trustedSources());
        trusted.add(settings.source());
        XmlLimits limits = new XmlLimits(
                settings.maximumBytes(),
                standard.limits().depth(),
                standard.limits().token(),
                standard.limits().readings());
        return new LoaderSettings(
                meters,
                limits,
                settings.retryAfter(),
                settings.maximumAttempts(),
                settings.stableFor(),
                settings.keepArchive(),
                trusted,
                standard.batchValues());
    }

    private static void log(String code, String subject, String text) {
        LOG.warn("{} {}: {}", code, subject, text);
    }
}
