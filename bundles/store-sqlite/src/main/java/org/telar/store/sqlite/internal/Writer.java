package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.EventSink;
import org.telar.api.store.StoreException;

/**
 * The one thread that writes. What waits together is committed together: one transaction, one wait for the disk, and
 * only then is any of it answered. After a failure of the disk the connection is thrown away, the outcome is looked up
 * in the reopened database, and what is not there is done again (R1).
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int GROUP = 128;
    private static final int WAITING = 512;
    private static final int ATTEMPTS = 3;
    /** Nothing to do but to look whether the writer shall stop. */
    private static final Item<Void> WAKE = new Item<>(store -> null);

    private final StoreFiles files;
    private final Observer observer;
    private final Duration deadline;
    private final CountDownLatch triedToOpen = new CountDownLatch(1);
    private final long housekeepingNanos;
    private final BlockingQueue<Item<?>> queue = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread = new Thread(this::run, "telar-store-writer");
    private volatile boolean stopping;
    private final DiskTrouble trouble;
    private Opened store;
    private boolean suspicious;
    private long keptHouseAt = System.nanoTime();

    /** Something to do inside the group's transaction. Repeated when the outcome is unknown. */
    interface Work<T> {
        T run(Opened store) throws SQLException, StoreException;
    }

    /** Hears of the writer's steps, on its thread. */
    interface Observer {
        /** A database was opened, maybe another one than before. */
        void opened(Opened store) throws SQLException;

        /** The database is about to be closed or moved. */
        void closing();

        /** A group is durable. */
        void committed(Opened store, OutboxTable.Counts before) throws SQLException;

        /** It is time for housekeeping. */
        void housekeeping();
    }

    Writer(StoreFiles files, StoreSettings settings, EventSink events, Observer observer) {
        this.files = files;
        this.observer = observer;
        this.trouble = new DiskTrouble(settings.directory(), events);
        this.deadline = settings.deadline();
        this.housekeepingNanos = settings.housekeeping().toNanos();
        thread.setDaemon(true);
    }

    /** Returns once the database is open or was found to be unusable for now. */
    void start() {
        thread.start();
        try {
            if (!triedToOpen.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the store is still opening after {}", deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the work is durable. */
    <T> T submit(Work<T> work) throws StoreException {
        if (Thread.currentThread() == thread) {
            throw new StoreException("a listener of the store may not write to it on the writer's own thread");
        }
        Item<T> item = new Item<>(work);
        long until = System.nanoTime() + deadline.toNanos();
        try {
            if (stopping || !queue.offer(item, deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException(stopping ? "the store is closed" : "the store is too slow: " + trouble.code());
            }
            if (!thread.isAlive() && queue.remove(item)) {
                throw new StoreException("the store is closed");
            }
            return item.answer().get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException s) {
                throw new StoreException(s.getMessage(), s);
            }
            throw new StoreException("not stored: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new StoreException("the store did not answer within " + deadline + "; the outcome is unknown", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for the store; the outcome is unknown", e);
        }
    }

    /** Hands work in without waiting; it is dropped when too much waits already. */
    void offer(Work<?> work) {
        if (!stopping && !queue.offer(new Item<>(work))) {
            LOG.debug("background work of the store is left for later");
        }
    }

    /** Code of what ails the disk, empty while nothing does. */
    String trouble() {
        return trouble.code();
    }

    /** How much waits for the writer now. */
    int waiting() {
        return queue.size();
    }

    private void run() {
        List<Item<?>> group = new ArrayList<>(GROUP);
        tryToOpen();
        triedToOpen.countDown();
        while (!stopping || !queue.isEmpty()) {
            group.clear();
            try {
                Item<?> first = queue.poll(1, TimeUnit.SECONDS);
                if (first == null || first == WAKE) {
                    idle();
                    continue;
                }
                group.add(first);
                queue.drainTo(group, GROUP - 1);
                group.remove(WAKE);
                commit(group);
            } catch (InterruptedException e) {
                stopping = true;
            } catch (RuntimeException e) {
                LOG.error("the store's writer goes on after a fault of ours", e);
                group.forEach(i -> i.fail(e));
                drop(false);
            }
        }
        finish();
    }

    private void tryToOpen() {
        try {
            open();
        } catch (SQLException e) {
            failed(e);
        } catch (IOException e) {
            failed(new SQLException(e.toString(), "", 10, e));
        }
    }

    private void idle() {
        try {
            files.sync();
        } catch (IOException e) {
            LOG.warn("the epoch file could not be synced: {}", e.toString());
        }
        if (store == null) {
            tryToOpen();
        }
        if (System.nanoTime() - keptHouseAt > housekeepingNanos) {
            keptHouseAt = System.nanoTime();
            observer.housekeeping();
        }
    }

    private void commit(List<Item<?>> group) {
        SQLException last = new SQLException("the store could not be opened");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            OutboxTable.Counts before = null;
            long epoch = 0;
            long expected = 0;
            try {
                open();
                before = store.outbox().counts();
                epoch = before.epoch();
                store.db().step("BEGIN IMMEDIATE");
                for (Item<?> item : group) {
                    runAlone(item);
                }
                expected = store.outbox().counts().lastSequence();
                store.db().step("COMMIT");
                committed(group, before);
                return;
            } catch (SQLException e) {
                last = e;
                failed(e);
                if (isThere(before, epoch, expected)) {
                    committed(group, before);
                    return;
                }
                if (Database.code(e) == 13 || !Database.isFatal(e)) {
                    break;
                }
                pause(attempt);
            } catch (IOException e) {
                last = new SQLException(e.toString(), "", 10, e);
                failed(last);
                pause(attempt);
            }
        }
        StoreException why = new StoreException("not stored (" + trouble.code() + "): " + last.getMessage(), last);
        // Reading goes on while writing fails, and what is acknowledged may make the room that is missing.
        tryToOpen();
        group.forEach(i -> i.fail(why));
    }

    /** One item that fails takes nothing else with it; a failing disk takes the group. */
    private void runAlone(Item<?> item) throws SQLException {
        if (item.hasFailed()) {
            return;
        }
        OutboxTable.Counts before = store.outbox().counts();
        store.db().step("SAVEPOINT item");
        try {
            item.run(store);
            store.db().step("RELEASE item");
        } catch (StoreException | RuntimeException e) {
            back(before);
            item.fail(e);
        } catch (SQLException e) {
            if (Database.isFatal(e) || Database.code(e) == 8 || Database.code(e) == 5) {
                throw e;
            }
            back(before);
            item.fail(e);
        }
    }

    private void back(OutboxTable.Counts before) throws SQLException {
        store.db().step("ROLLBACK TO item");
        store.db().step("RELEASE item");
        store.restore(before);
    }

    private void committed(List<Item<?>> group, OutboxTable.Counts before) {
        try {
            files.note(store.outbox().counts());
        } catch (IOException e) {
            // The database is ahead of the epoch file, which is the harmless direction.
            LOG.warn("the epoch file could not be written: {}", e.toString());
        }
        trouble.over();
        try {
            observer.committed(store, before);
        } catch (SQLException e) {
            LOG.warn("after a commit: {}", e.toString());
        }
        group.forEach(Item::done);
    }

    /** Looks in the reopened database whether a group whose commit failed is there all the same. */
    private boolean isThere(OutboxTable.Counts before, long epoch, long expected) {
        if (before == null || expected <= before.lastSequence()) {
            return false;
        }
        try {
            open();
            // What was recovered from the WAL may live in memory only: make it lasting before it is believed.
            store.db().text("PRAGMA wal_checkpoint(TRUNCATE)");
            OutboxTable.Counts now = store.outbox().counts();
            return now.epoch() == epoch && now.lastSequence() >= expected;
        } catch (SQLException | IOException e) {
            return false;
        }
    }

    private void open() throws SQLException, IOException {
        if (store != null) {
            return;
        }
        Opened opened = files.open(suspicious);
        suspicious = false;
        store = opened;
        observer.opened(opened);
    }

    private void failed(SQLException e) {
        boolean corrupt = Database.isCorrupt(e);
        if (!corrupt) {
            trouble.found(e);
        }
        drop(corrupt);
    }

    private void drop(boolean isSuspicious) {
        suspicious |= isSuspicious;
        observer.closing();
        if (store != null) {
            store.close();
            store = null;
        }
    }

    /** Closes the database for a check, because a reader found damage. */
    void suspect() {
        AtomicBoolean said = new AtomicBoolean();
        offer(s -> {
            if (said.compareAndSet(false, true)) {
                throw new SQLException("a reader found damage", "", 11);
            }
            return said;
        });
    }

    private void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(50L * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        boolean inOrder = store != null;
        observer.closing();
        if (store != null) {
            store.close();
            store = null;
        }
        try {
            if (inOrder) {
                files.finish();
            }
        } catch (IOException e) {
            LOG.warn("the epoch file could not be closed in order: {}", e.toString());
        }
    }

    /** Finishes what waits, closes in order; at most 10 s. */
    @Override
    public void close() {
        stopping = true;
        queue.offer(WAKE);
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
