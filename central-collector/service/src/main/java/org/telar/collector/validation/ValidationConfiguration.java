package org.telar.collector.validation;

import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.telar.collector.integration.Worker;

/** Runs the validation behind the integrator, on a thread of its own: loading never waits for it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ValidationSettings.class)
class ValidationConfiguration {
    @Bean
    Validator validator(@Qualifier("legacyDataSource") DataSource legacy, ValidationSettings settings, Clock clock) {
        return new Validator(legacy, settings, clock);
    }

    @Bean
    Runner validationRunner(Validator validator) {
        return new Runner(validator);
    }

    static final class Runner implements SmartLifecycle {
        private final Validator validator;
        private Worker worker;

        Runner(Validator validator) {
            this.validator = validator;
        }

        @Override
        public synchronized void start() {
            worker = new Worker("validation", Duration.ofSeconds(1), validator::next);
            worker.start();
        }

        @Override
        public synchronized void stop() {
            try {
                worker.stop(Duration.ofSeconds(4));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            worker = null;
        }

        @Override
        public synchronized boolean isRunning() {
            return worker != null;
        }
    }
}
