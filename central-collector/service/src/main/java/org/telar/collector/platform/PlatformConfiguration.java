package org.telar.collector.platform;

import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.platform.OffsetClock;
import org.telar.collector.RefusedException;

/** Puts the platform together; each part starts when it is made and stops in reverse order. */
@Configuration(proxyBeanMethods = false)
public class PlatformConfiguration {
    private static final String COLLECTOR = "'${telar.roles:collector,broker}'.contains('collector')";
    private static final String EMBEDDED_BROKER =
            "'${telar.roles:collector,broker}'.contains('broker') && '${telar.mqtt.url:}'.isEmpty()";

    @Bean
    Clock clock(CollectorSettings settings) {
        return settings.clock()
                .file()
                .<Clock>map(f -> new OffsetClock(Path.of(f)))
                .orElseGet(OffsetClock::ofProcess);
    }

    @Bean(destroyMethod = "close")
    DataFolder dataFolder(CollectorSettings settings) {
        DataFolder data = DataFolder.open(settings.data());
        Ports.requireFree(settings);
        return data;
    }

    @Bean
    TlsMaterial tlsMaterial(CollectorSettings settings) {
        return TlsMaterial.load(settings.tls());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnExpression(EMBEDDED_BROKER)
    Broker broker(CollectorSettings settings, DataFolder data, TlsMaterial tls) {
        return Broker.start(data.folder("broker"), settings, tls);
    }

    /** What only a collector needs. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnExpression(COLLECTOR)
    static class Collector {
        @Bean(destroyMethod = "close")
        Databases databases(CollectorSettings settings, DataFolder data) {
            return Databases.open(settings, data);
        }

        @Bean(destroyMethod = "close")
        @Primary
        HikariDataSource smmcDataSource(Databases databases) {
            return migrated(databases.smmc(), "smmc", 10);
        }

        @Bean(destroyMethod = "close")
        HikariDataSource legacyDataSource(Databases databases) {
            return migrated(databases.legacy(), "legacy", 4);
        }

        @Bean
        @Primary
        JdbcTransactionManager smmcTransactionManager(DataSource smmcDataSource) {
            return new JdbcTransactionManager(smmcDataSource);
        }

        @Bean
        @Primary
        TransactionTemplate smmcTransactions(JdbcTransactionManager smmcTransactionManager) {
            return new TransactionTemplate(smmcTransactionManager);
        }

        @Bean(destroyMethod = "close")
        ActiveMQConnectionFactory jmsConnectionFactory(
                CollectorSettings settings, org.springframework.beans.factory.ObjectProvider<Broker> broker) {
            return connectionFactory(settings.jms(), broker.getIfAvailable());
        }

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> https(CollectorSettings settings, TlsMaterial tls) {
            return factory -> {
                factory.setPort(settings.httpPort());
                factory.setAddress(address(settings.http().address()));
                Ssl ssl = new Ssl();
                ssl.setKeyStore(tls.keyStore().toUri().toString());
                ssl.setKeyStoreType("PKCS12");
                ssl.setKeyStorePassword(tls.password());
                ssl.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                factory.setSsl(ssl);
            };
        }

        private static java.net.InetAddress address(String name) {
            try {
                return java.net.InetAddress.getByName(name);
            } catch (java.net.UnknownHostException e) {
                throw new RefusedException("telar.http.address is no address of this machine: " + name + ".", e);
            }
        }

        private static ActiveMQConnectionFactory connectionFactory(CollectorSettings.Jms jms, Broker broker) {
            if (jms.url().isEmpty() && broker == null) {
                throw new RefusedException(
                        "telar.jms.url is not set and no broker is embedded (telar.roles, telar.mqtt.url):"
                                + " name a JMS broker, for example tcp://host:61616.");
            }
            String url = jms.url().orElseGet(() -> broker.jmsUrl());
            return jms.user()
                    .map(user -> new ActiveMQConnectionFactory(
                            url,
                            user,
                            jms.passwordFile()
                                    .map(f -> TlsMaterial.read(Path.of(f)))
                                    .orElse("")))
                    .orElseGet(() -> new ActiveMQConnectionFactory(url));
        }

        private static HikariDataSource migrated(Databases.Access access, String name, int connections) {
            HikariConfig config = new HikariConfig();
            config.setPoolName(name);
            config.setJdbcUrl(access.url());
            config.setUsername(access.user());
            config.setPassword(access.password());
            config.setMaximumPoolSize(connections);
            config.setMinimumIdle(1);
            config.setConnectionTimeout(10_000);
            config.setInitializationFailTimeout(20_000);
            config.addDataSourceProperty("ApplicationName", "telar-collector");
            config.addDataSourceProperty("tcpKeepAlive", "true");
            config.addDataSourceProperty("socketTimeout", "120");
            config.addDataSourceProperty("prepareThreshold", "3");
            HikariDataSource source;
            try {
                source = new HikariDataSource(config);
            } catch (RuntimeException e) {
                throw new RefusedException(
                        "the database " + access.url() + " cannot be reached as " + access.user() + ": "
                                + e.getMessage() + ".",
                        e);
            }
            try {
                Flyway.configure()
                        .dataSource(source)
                        .locations("classpath:db/" + name)
                        .load()
                        .migrate();
            } catch (FlywayException e) {
                source.close();
                throw new RefusedException(
                        "the tables of " + access.url() + " cannot be brought up to date: "
                                + e.getMessage().strip().replaceAll("\\s+", " ") + ".",
                        e);
            }
            return source;
        }
    }
}
