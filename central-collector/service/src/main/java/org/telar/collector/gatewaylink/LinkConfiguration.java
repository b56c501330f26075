package org.telar.collector.gatewaylink;

import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.RefusedException;
import org.telar.collector.ingest.ActivityBook;
import org.telar.collector.ingest.Counters;
import org.telar.collector.ingest.EventBook;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.ingest.Partitions;
import org.telar.collector.ingest.RegisterTypes;
import org.telar.collector.ingest.Shapes;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.platform.Broker;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.platform.TlsMaterial;

/** Ingest and the link that feeds it. */
@Configuration(proxyBeanMethods = false)
class LinkConfiguration {

    @Bean
    JdbcTemplate smmcJdbc(DataSource smmcDataSource) {
        JdbcTemplate jdbc = new JdbcTemplate(smmcDataSource);
        jdbc.setQueryTimeout(60);
        return jdbc;
    }

    @Bean
    Counters counters(JdbcTemplate jdbc, CollectorSettings settings) {
        return new Counters(jdbc, settings.instance());
    }

    @Bean
    Partitions partitions(JdbcTemplate jdbc, TransactionTemplate transactions, Clock clock) {
        Partitions partitions = new Partitions(jdbc, transactions, clock);
        partitions.ensure();
        return partitions;
    }

    @Bean
    IngestService ingestService(
            JdbcTemplate jdbc,
            DataSource smmcDataSource,
            TransactionTemplate transactions,
            Clock clock,
            Counters counters,
            PendingWork pending,
            ActivityBook activities,
            EventBook events) {
        return new IngestService(
                jdbc,
                transactions,
                clock,
                new Shapes(smmcDataSource),
                new RegisterTypes(smmcDataSource),
                counters,
                pending,
                activities,
                events);
    }

    @Bean
    GatewayLink gatewayLink(
            CollectorSettings settings,
            TlsMaterial tls,
            ObjectProvider<Broker> broker,
            IngestService ingest,
            Clock clock,
            List<GatewayListener> listeners) {
        String url = settings.mqtt().url().orElseGet(() -> embedded(settings, broker.getIfAvailable()));
        var endpoint = new GatewayLink.Endpoint(
                url,
                tls.commonName() + "-" + settings.instance(),
                tls.context(),
                settings.mqtt().inFlight(),
                settings.mqtt().maximumPacketBytes());
        return new GatewayLink(endpoint, ingest, clock, listeners, () -> {});
    }

    private static String embedded(CollectorSettings settings, Broker broker) {
        if (broker == null) {
            throw new RefusedException("telar.mqtt.url is not set and no broker is embedded (telar.roles): name an"
                    + " MQTT 5 broker, for example ssl://host:8883.");
        }
        String address = settings.mqtt().address();
        String host = address.equals("0.0.0.0") || address.equals("127.0.0.1") ? "localhost" : address;
        return "ssl://" + host + ":" + broker.mqttPort();
    }
}
