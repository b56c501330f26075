package org.telar.meter.dlms.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.telar.meter.dlms.internal.LinkException.Kind;

/**
 * Who learns a model now: one meter of it at a time, while others of the same model wait for what it finds. Nobody waits
 * with airtime in hand, so the one who learns always gets on. Thread-safe.
 */
final class Learning {
    private final Map<String, ReentrantLock> models = new ConcurrentHashMap<>();

    /** Ends with {@link #close()}. */
    final class Turn implements AutoCloseable {
        private final ReentrantLock lock;

        private Turn(ReentrantLock lock) {
            this.lock = lock;
        }

        @Override
        public void close() {
            if (lock.isHeldByCurrentThread()) {
                lock.unlock();
            }
        }
    }

    /**
     * Waits for the turn; a learner that takes longer than {@code most} no longer keeps others from learning, too.
     *
     * @throws LinkException with CANCELLED when the visit is ended meanwhile
     */
    Turn turn(String model, Duration most) throws LinkException {
        ReentrantLock lock = models.computeIfAbsent(model, m -> new ReentrantLock());
        try {
            // Without the lock, too, a turn is taken: the same is learned twice, and nothing is wrong.
            lock.tryLock(most.toNanos(), TimeUnit.NANOSECONDS);
            return new Turn(lock);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException(Kind.CANCELLED, "interrupted while its model was learned", e);
        }
    }
}
