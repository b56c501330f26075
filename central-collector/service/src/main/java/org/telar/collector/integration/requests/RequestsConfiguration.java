package org.telar.collector.integration.requests;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;

import jakarta.jms.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.RefusedException;
import org.telar.collector.integration.IntegrationAlarms;
import org.telar.collector.integration.IntegrationSettings;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.EventTypes;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.cim.XmlLimits;
import org.telar.collector.integration.messages.Courier;
import org.telar.collector.integration.messages.Destination;
import org.telar.collector.integration.messages.EventComposer;
import org.telar.collector.integration.messages.FolderCarrier;
import org.telar.collector.integration.messages.HttpCarrier;
import org.telar.collector.integration.messages.JmsCarrier;
import org.telar.collector.integration.messages.MessageJournal;
import org.telar.collector.integration.messages.Outbox;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.DataFolder;
import org.telar.collector.platform.TlsMaterial;

/** Puts the channels beside that of the readings together. */
@Configuration(proxyBeanMethods = false)
class RequestsConfiguration {

    @Bean
    MessageJournal messageJournal(@Qualifier("smmcDataSource") DataSource smmc, Clock clock) {
        return new MessageJournal(new JdbcTemplate(smmc), clock);
    }

    @Bean
    Outbox cimOutbox(@Qualifier("smmcDataSource") DataSource smmc, Clock clock) {
        return new Outbox(new JdbcTemplate(smmc), clock);
    }

    @Bean
    RequestStore requestStore(@Qualifier("smmcDataSource") DataSource smmc, Clock clock) {
        return new RequestStore(new JdbcTemplate(smmc), clock);
    }

    @Bean
    RequestSettings requestSettings(IntegrationSettings settings, CollectorSettings site) {
        IntegrationSettings.Messages m = settings.messages();
        XmlLimits limits = new XmlLimits(
                m.requestBytes(), XmlLimits.DEFAULT.depth(), XmlLimits.DEFAULT.token(), XmlLimits.DEFAULT.readings());
        return new RequestSettings(
                settings.source(),
                site.zone(),
                limits,
                m.requestMeters(),
                m.sources(),
                m.replyUrls(),
                settings.messageMeters());
    }

    @Bean
    CimController.RequestLimits requestLimits(IntegrationSettings settings) {
        return new CimController.RequestLimits(settings.messages().requestBytes());
    }

    @Bean
    RequestDesk requestDesk(
            RequestSettings settings,
            RequestStore store,
            MessageJournal journal,
            Outbox outbox,
            TransactionTemplate transactions,
            OrderDesk orders,
            ObjectProvider<PlanDesk> plans,
            ObjectProvider<MeterDesk> registry,
            ObjectProvider<MeterDirectory> directory,
            ReadingTypes types,
            CollectorSettings site,
            Clock clock) {
        Meters meters = new Meters(directory.getIfAvailable(() -> MeterDirectory.uniform(site.zone())));
        return new RequestDesk(
                settings,
                store,
                journal,
                outbox,
                transactions,
                orders,
                new ReadingsAsk(orders, meters, types, clock),
                new ScheduleAsk(java.util.Optional.ofNullable(plans.getIfAvailable()), meters, types, clock),
                new ConfigAsk(java.util.Optional.ofNullable(registry.getIfAvailable()), meters),
                clock);
    }

    @Bean
    MessageFlow messageFlow(
            @Qualifier("smmcDataSource") DataSource smmc,
            RequestSettings settings,
            IntegrationSettings integration,
            RequestStore store,
            RequestDesk desk,
            MessageJournal journal,
            Outbox outbox,
            TransactionTemplate transactions,
            OrderDesk orders,
            ObjectProvider<MeterDirectory> directory,
            ObjectProvider<IntegrationAlarms> alarms,
            ReadingTypes types,
            Qualities qualities,
            EventTypes eventTypes,
            ConnectionFactory jms,
            TlsMaterial tls,
            DataFolder data,
            CollectorSettings site,
            Clock clock)
            throws IOException {
        IntegrationSettings.Messages m = integration.messages();
        IntegrationAlarms told = alarms.getIfAvailable(() -> (code, subject, text) -> {});
        MeterDirectory meters = directory.getIfAvailable(() -> MeterDirectory.uniform(site.zone()));
        Path folder = data.folder("cim");
        JmsCarrier toQueues = new JmsCarrier(jms, m.expiry());
        return new MessageFlow(
                new Answers(settings, store, orders, outbox, journal, transactions, types, qualities, meters, clock),
                new EventComposer(
                        new JdbcTemplate(smmc),
                        transactions,
                        eventTypes,
                        outbox,
                        journal,
                        events(m),
                        integration.source(),
                        site.zone(),
                        clock),
                new Courier(
                        outbox,
                        List.of(toQueues, new FolderCarrier(folder.resolve("out"))),
                        transactions,
                        told,
                        clock,
                        m.patience()),
                new Courier(outbox, List.of(new HttpCarrier(tls.context())), transactions, told, clock, m.patience()),
                toQueues,
                new JmsRequests(jms, desk, m.requests(), m.replies(), m.requestBytes(), m.expiry()),
                new FolderRequests(folder, desk, m.requestBytes(), integration.stableFor(), System::nanoTime),
                outbox,
                journal,
                integration,
                clock);
    }

    /** A queue of ours is given by the site, not by a stranger: its name may begin as it likes. */
    private static Destination events(IntegrationSettings.Messages m) {
        boolean http = m.events().startsWith("http");
        if (http && !m.events().startsWith("https://")) {
            throw new RefusedException(
                    "telar.integration.messages.events is a JMS queue or an https address, got: " + m.events() + ".");
        }
        return http ? new Destination(Destination.Kind.HTTP, m.events()) : Destination.queue(m.events());
    }
}
