package org.telar.acquisition;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.telar.api.meter.Airtime;

/** Lets the sessions of a medium wait for their exchanges (D14). Thread-safe. */
final class MediumAirtime {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AirtimeOrder order;
    private final LongSupplier nanos;
    private boolean closed;

    MediumAirtime(int capacity, LongSupplier nanos) {
        this.order = new AirtimeOrder(capacity);
        this.nanos = nanos;
    }

    /** Changes how many exchanges may be under way. */
    void capacity(int exchanges) {
        lock.lock();
        try {
            order.capacity(exchanges, nanos.getAsLong());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private AirtimeOrder.Ticket acquire(Priority priority, long deadline) throws InterruptedIOException {
        lock.lock();
        try {
            if (deadline - nanos.getAsLong() <= 0) {
                throw new InterruptedIOException("the deadline has passed");
            }
            AirtimeOrder.Ticket ticket = order.ask(priority, nanos.getAsLong());
            try {
                while (!ticket.isGranted() || closed) {
                    long left = deadline - nanos.getAsLong();
                    if (closed || left <= 0) {
                        throw new InterruptedIOException(closed ? "the medium was closed" : "the deadline has passed");
                    }
                    long again = order.grant(nanos.getAsLong());
                    if (!ticket.isGranted()) {
                        changed.await(Math.min(left, again), TimeUnit.NANOSECONDS);
                    }
                }
                return ticket;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                order.giveBack(ticket, nanos.getAsLong());
                throw new InterruptedIOException("interrupted while waiting for the medium");
            } catch (InterruptedIOException e) {
                order.giveBack(ticket, nanos.getAsLong());
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private void release(AirtimeOrder.Ticket ticket) {
        lock.lock();
        try {
            order.giveBack(ticket, nanos.getAsLong());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The airtime of one visit: its lane may change between steps; it measures what it used. One thread. */
    final class OfVisit implements Airtime {
        private Priority priority;
        private long deadline;
        private Exchanges used = Exchanges.NONE;
        private boolean denied;

        OfVisit(MeterJob job) {
            serve(job);
        }

        void serve(MeterJob job) {
            priority = job.priority();
            deadline = job.deadline();
        }

        @Override
        public Slot acquire() throws InterruptedIOException {
            AirtimeOrder.Ticket ticket;
            try {
                ticket = MediumAirtime.this.acquire(priority, deadline);
            } catch (InterruptedIOException e) {
                denied = true;
                throw e;
            }
            long from = nanos.getAsLong();
            return new Slot() {
                private boolean open = true;

                @Override
                public void close() {
                    if (open) {
                        open = false;
                        used = used.plus(nanos.getAsLong() - from);
                        release(ticket);
                    }
                }
            };
        }

        /** What was used since this was asked last. */
        Exchanges taken() {
            Exchanges taken = used;
            used = Exchanges.NONE;
            return taken;
        }

        /** True when an exchange was refused: the deadline passed or the medium closed. */
        boolean isDenied() {
            return denied;
        }
    }
}
