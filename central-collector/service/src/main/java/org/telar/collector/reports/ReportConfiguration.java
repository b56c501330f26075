package org.telar.collector.reports;

import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.telar.collector.integration.IntegrationAlarms;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.loader.LegacyExport;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.DataFolder;

/** Puts the reports together and runs what happens by itself: data store, deliveries, the daily dump. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReportSettings.class)
class ReportConfiguration {
    @Bean
    ReportReader reportReader(
            @Qualifier("smmcDataSource") DataSource smmc,
            @Qualifier("legacyDataSource") DataSource legacy,
            Clock clock,
            CollectorSettings site) {
        return new ReportReader(smmc, legacy, clock, site.zone());
    }

    @Bean
    Subscriptions subscriptions(JdbcTemplate jdbc, Clock clock, CollectorSettings site) {
        return new Subscriptions(jdbc, clock, site.zone());
    }

    @Bean
    DataStore dataStore(
            @Qualifier("smmcDataSource") DataSource smmc,
            @Qualifier("legacyDataSource") DataSource legacy,
            Clock clock) {
        return new DataStore(smmc, legacy, clock);
    }

    @Bean
    Dump dump(
            @Qualifier("smmcDataSource") DataSource smmc,
            ReportReader reader,
            LegacyExport export,
            LegacyFolder folder,
            CollectorSettings site,
            Clock clock) {
        return new Dump(smmc, reader, export, folder, site.zone(), clock);
    }

    @Bean
    ReportWork reportWork(
            @Qualifier("smmcDataSource") DataSource smmc,
            DataStore store,
            Dump dump,
            Subscriptions subscriptions,
            ReportReader reader,
            ReportSettings settings,
            CollectorSettings site,
            DataFolder data,
            Clock clock,
            ObjectProvider<IntegrationAlarms> alarms) {
        Path folder = settings.folder()
                .orElseGet(() -> data.root().resolve("deliveries"))
                .toAbsolutePath();
        Deliverer deliverer = new Deliverer(
                subscriptions,
                reader,
                settings,
                folder,
                data.root().resolve("party-tokens"),
                clock,
                (code, text) -> alarms.ifAvailable(a -> a.raise(code, "reports", text)));
        return new ReportWork(smmc, store, dump, subscriptions, deliverer, settings, site.zone(), data, clock);
    }
}
