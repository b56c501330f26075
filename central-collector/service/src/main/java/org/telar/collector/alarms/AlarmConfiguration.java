package org.telar.collector.alarms;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import jakarta.jms.ConnectionFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.RefusedException;
import org.telar.collector.integration.Worker;
import org.telar.collector.platform.TlsMaterial;

/** Judges events and tells of alarms, each in a thread of its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AlarmSettings.class)
class AlarmConfiguration {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    @Bean
    AlarmBook alarmBook(JdbcTemplate jdbc, AlarmSettings settings, Clock clock) {
        return new AlarmBook(jdbc, settings, clock);
    }

    @Bean
    AlarmKeeper alarmKeeper(
            JdbcTemplate jdbc, TransactionTemplate transactions, AlarmSettings settings, AlarmBook book) {
        try {
            return new AlarmKeeper(jdbc, transactions, settings, book);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("telar.alarms.table, telar.alarms.status-bits: " + e.getMessage() + ".", e);
        }
    }

    @Bean
    Alarms alarms(JdbcTemplate jdbc, TransactionTemplate transactions, AlarmBook book, Clock clock) {
        return new Alarms(jdbc, transactions, book, clock);
    }

    @Bean
    Watch alarmWatch(
            AlarmKeeper keeper, JdbcTemplate jdbc, ConnectionFactory jms, TlsMaterial tls, AlarmSettings settings) {
        AlarmTopic topic = new AlarmTopic(jdbc, jms, settings);
        List<Worker> workers = new ArrayList<>(
                List.of(new Worker("alarms", LOOK, keeper::judge), new Worker("alarm channel", LOOK, topic::send)));
        List<AutoCloseable> open = new ArrayList<>(List.of(topic));
        settings.syslog().ifPresent(url -> {
            SecurityLog log = new SecurityLog(jdbc, tls.context(), URI.create(url), ownName());
            workers.add(new Worker("security log", LOOK, log::send));
            open.add(log);
        });
        return new Watch(workers, open);
    }

    private static String ownName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "-";
        }
    }

    /** Starts after the broker and stops before it. */
    static final class Watch implements SmartLifecycle {
        private final List<Worker> workers;
        private final List<AutoCloseable> open;
        private volatile boolean running;

        Watch(List<Worker> workers, List<AutoCloseable> open) {
            this.workers = workers;
            this.open = open;
        }

        @Override
        public void start() {
            workers.forEach(Worker::start);
            running = true;
        }

        @Override
        public void stop() {
            try {
                for (Worker worker : workers) {
                    worker.stop(PATIENCE);
                }
                for (AutoCloseable closeable : open) {
                    closeable.close();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception closing) {
                throw new IllegalStateException(closing);
            } finally {
                running = false;
            }
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
