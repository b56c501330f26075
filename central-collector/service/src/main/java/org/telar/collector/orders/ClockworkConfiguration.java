package org.telar.collector.orders;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.events.EventStore;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.ingest.Partitions;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.n2pload.LoadRuns;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.registry.Agendas;
import org.telar.collector.registry.Configurations;
import org.telar.collector.registry.Tables;

/** What happens by itself: orders move on, held readings are released. */
@Configuration(proxyBeanMethods = false)
class ClockworkConfiguration {

    @Bean
    OrderClockwork orderClockwork(
            OrderBook book,
            Downlink downlink,
            TransactionTemplate transactions,
            EventStore events,
            PendingWork pending,
            Clock clock,
            CollectorSettings settings) {
        return new OrderClockwork(
                book,
                downlink,
                transactions,
                events,
                pending,
                clock,
                settings.orders().receipt());
    }

    @Bean
    Ticker ticker(
            OrderClockwork orders,
            LoadRuns runs,
            Judge judge,
            IngestService ingest,
            Agendas agendas,
            Tables tables,
            Configurations configurations,
            Partitions partitions,
            TransactionTemplate transactions) {
        return new Ticker(
                () -> {
                    orders.tick();
                    runs.followOrders();
                    agendas.push();
                    tables.push();
                    configurations.push();
                },
                () -> {
                    while (ingest.release() > 0) {
                        LOG.info("Readings that were held have been taken");
                    }
                    partitions.ensure();
                    transactions.executeWithoutResult(status -> judge.judgeLostEpochs());
                });
    }

    private static final Logger LOG = LoggerFactory.getLogger(ClockworkConfiguration.class);

    /** Two steps on one thread: one often, one now and then. A step that fails is tried again at its next turn. */
    static final class Ticker implements SmartLifecycle {
        private final Runnable often;
        private final Runnable seldom;
        private ScheduledExecutorService executor;

        Ticker(Runnable often, Runnable seldom) {
            this.often = often;
            this.seldom = seldom;
        }

        @Override
        public synchronized void start() {
            executor = Executors.newSingleThreadScheduledExecutor(r -> {
                Thread t = new Thread(r, "clockwork");
                t.setDaemon(true);
                return t;
            });
            executor.scheduleWithFixedDelay(() -> step(often), 100, 100, TimeUnit.MILLISECONDS);
            executor.scheduleWithFixedDelay(() -> step(seldom), 1, 3, TimeUnit.SECONDS);
        }

        private static void step(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn("A periodic step failed and is tried again: {}", e.toString());
            }
        }

        @Override
        public synchronized void stop() {
            executor.shutdown();
            try {
                if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                    executor.shutdownNow();
                }
            } catch (InterruptedException e) {
                executor.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public synchronized boolean isRunning() {
            return executor != null && !executor.isShutdown();
        }

        @Override
        public int getPhase() {
            return Integer.MAX_VALUE - 20;
        }
    }
}
