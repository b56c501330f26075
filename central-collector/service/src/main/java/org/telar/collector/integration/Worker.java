package org.telar.collector.integration;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats one step: at once while there is work, after a pause when there is none, and after a growing
 * pause with jitter while the step fails. A failure is told once, and once when it is over.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long LONGEST_BACK_OFF = TimeUnit.SECONDS.toMillis(30);

    private final String name;
    private final Duration pause;
    private final Step step;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private boolean stopping;
    private int failures;

    /** @return whether there may be more work right now */
    @FunctionalInterface
    public interface Step {
        boolean run() throws Exception;
    }

    public Worker(String name, Duration pause, Step step) {
        this.name = name;
        this.pause = pause;
        this.step = step;
        this.thread = new Thread(this::loop, "integration-" + name);
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Asks the thread to end, and waits so long at most. */
    public void stop(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            stopping = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        thread.join(patience.toMillis() / 2);
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(patience.toMillis() / 2);
        }
    }

    private void loop() {
        boolean more = true;
        while (pauseUnless(more)) {
            try {
                more = step.run();
                if (failures > 0) {
                    LOG.info("{} works again", name);
                    failures = 0;
                }
            } catch (Exception e) {
                more = false;
                failed(e);
            }
        }
    }

    private void failed(Exception e) {
        if (!stopping && failures++ == 0) {
            LOG.warn("{} is held up and will be tried again: {}", name, e.toString());
            LOG.debug("{}", name, e);
        }
    }

    /** @return false when the worker is to stop */
    private boolean pauseUnless(boolean more) {
        lock.lock();
        try {
            if (!stopping && !more) {
                ended.await(nextPause(), TimeUnit.MILLISECONDS);
            }
            return !stopping;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private long nextPause() {
        if (failures == 0) {
            return pause.toMillis();
        }
        long ceiling = Math.min(LONGEST_BACK_OFF, pause.toMillis() << Math.min(failures, 10));
        return ThreadLocalRandom.current().nextLong(pause.toMillis(), ceiling + 1);
    }
}
