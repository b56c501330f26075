package org.telar.collector.plans;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.telar.collector.platform.CollectorSettings;

/**
 * Threads that do the steps that are due. Instances need not know of each other: the row lock of a step says whose it
 * is, and ends with the instance that held it.
 */
@Component
class PlanWorkers implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(PlanWorkers.class);
    private static final int THREADS = 3;
    private static final long POLL_MS = 400;

    private final PlanEngine engine;
    private final DailyPlan daily;
    private final ItemBook items;
    private final CollectorSettings.Plans settings;
    private final List<ScheduledExecutorService> threads = new ArrayList<>();

    PlanWorkers(PlanEngine engine, DailyPlan daily, ItemBook items, CollectorSettings settings) {
        this.engine = engine;
        this.daily = daily;
        this.items = items;
        this.settings = settings.plans();
    }

    @Override
    public synchronized void start() {
        daily.ensure();
        for (int i = 0; i < THREADS; i++) {
            String name = "plans-" + i;
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(r -> {
                Thread t = new Thread(r, name);
                t.setDaemon(true);
                return t;
            });
            thread.scheduleWithFixedDelay(this::work, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
            threads.add(thread);
        }
        threads.get(0).scheduleWithFixedDelay(this::forget, 1, 600, TimeUnit.SECONDS);
    }

    private void work() {
        try {
            while (engine.step() && !Thread.currentThread().isInterrupted()) {
                LOG.trace("a step was done");
            }
        } catch (RuntimeException e) {
            LOG.warn("Plans wait and are tried again: {}", e.toString());
        }
    }

    private void forget() {
        try {
            while (items.forget(settings.keep())) {
                LOG.info("Items of a plan's run older than {} were removed", settings.keep());
            }
        } catch (RuntimeException e) {
            LOG.warn("Old runs of plans are removed later: {}", e.toString());
        }
    }

    @Override
    public synchronized void stop() {
        threads.forEach(ScheduledExecutorService::shutdown);
        for (ScheduledExecutorService t : threads) {
            try {
                if (!t.awaitTermination(4, TimeUnit.SECONDS)) {
                    t.shutdownNow();
                }
            } catch (InterruptedException e) {
                t.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        threads.clear();
    }

    @Override
    public synchronized boolean isRunning() {
        return !threads.isEmpty();
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 20;
    }
}
