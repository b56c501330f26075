package org.telar.store.sqlite.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.StoreException;

/**
 * The store's files, and the judgement at every opening: whether the database is the one the epoch file speaks of. What
 * is not is kept aside, and an empty database begins a new epoch with what could be salvaged of the old outbox; the
 * meters are read again for the rest (R7). Used by the writer's thread, except for the lock.
 */
final class StoreFiles implements AutoCloseable {
    private static final int CORRUPT = 11;
    /** What is urgent may use a tenth more than the limit. */
    private static final int HEADROOM = 10;

    private static final long YEAR_2020 = 1_577_836_800L;

    private final Path directory;
    private final Path file;
    private final long maxBytes;
    private final EpochFile epochFile;
    private final Clock clock;
    private final EventSink events;
    private final ReadingTables.Damage damage;
    private FileChannel lockChannel;
    private boolean opened;

    StoreFiles(StoreSettings settings, Clock clock, EventSink events, ReadingTables.Damage damage) {
        this.directory = settings.directory();
        this.maxBytes = settings.limitBytes() + settings.limitBytes() / HEADROOM;
        this.file = directory.resolve("store.db");
        this.epochFile = EpochFile.at(directory.resolve("store.epoch"));
        this.clock = clock;
        this.events = events;
        this.damage = damage;
    }

    Path database() {
        return file;
    }

    /**
     * Makes sure that no other process uses the folder. A folder that cannot be written at all is no obstacle: the store
     * waits until it can.
     *
     * @throws StoreException when another process uses it
     */
    void lock() throws StoreException {
        try {
            Files.createDirectories(directory);
            lockChannel = FileChannel.open(
                    directory.resolve("store.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lockChannel.tryLock();
            if (lock == null) {
                throw new StoreException("another process uses the store in " + directory
                        + ": stop it first, or give this one another data folder");
            }
        } catch (OverlappingFileLockException e) {
            throw new StoreException("the store in " + directory + " is open in this process already", e);
        } catch (IOException unwritable) {
            lockChannel = null;
        }
    }

    /** @param suspicious true when SQLite said that something is damaged */
    Opened open(boolean suspicious) throws SQLException, IOException {
        if (lockChannel == null) {
            Files.createDirectories(directory);
        }
        Optional<EpochFile.Mark> mark = epochFile.read();
        boolean first = !opened;
        boolean unclean = mark.map(m -> !m.clean()).orElse(true);
        if (!Files.exists(file)) {
            return openAbsent(mark);
        }
        Opened store;
        try {
            store = openPresent(mark, suspicious || unclean);
        } catch (SQLException e) {
            if (!Database.isCorrupt(e)) {
                throw e;
            }
            return renew(
                    "STORE_CORRUPT",
                    e.getMessage(),
                    mark.map(EpochFile.Mark::epoch).orElse(0L));
        }
        Opened judged = judge(store, epochFile.read());
        if (first && unclean && judged == store) {
            events.event(
                    "UNCLEAN_START",
                    Severity.WARNING,
                    "The agent was not stopped in order; the store is whole up to sequence "
                            + store.outbox().counts().lastSequence() + ".",
                    Map.of("epoch", String.valueOf(epoch(store))));
            events.event("STORE_RECOVERED", Severity.INFO, "The store was checked after an unclean stop.", Map.of());
        }
        return ready(judged);
    }

    private Opened openAbsent(Optional<EpochFile.Mark> mark) throws SQLException, IOException {
        // Nothing was ever in it: the first start, or one that was killed while it made the file.
        if (mark.isEmpty() || mark.get().highWater() == 0) {
            Database.deleteWithCompanions(file);
            return ready(create(mark.map(EpochFile.Mark::epoch).orElseGet(this::firstEpoch)));
        }
        return renew("STORE_CORRUPT", "the database file is missing", mark.get().epoch());
    }

    private Opened openPresent(Optional<EpochFile.Mark> mark, boolean check) throws SQLException, IOException {
        Database db = Database.writer(file, maxBytes);
        try {
            if (db.number("SELECT count(*) FROM sqlite_schema") == 0
                    && mark.map(m -> m.highWater() == 0).orElse(true)) {
                db.close();
                Database.deleteWithCompanions(file);
                return create(mark.map(EpochFile.Mark::epoch).orElseGet(this::firstEpoch));
            }
            if (db.number("PRAGMA application_id") != Database.APPLICATION_ID) {
                throw new SQLException("not a database of Telar", "", CORRUPT);
            }
            if (db.number("PRAGMA user_version") != Database.SCHEMA) {
                throw new SQLException("schema " + db.number("PRAGMA user_version") + " is not known", "", CORRUPT);
            }
            if (check) {
                db.check();
            }
            Opened store = new Opened(db, damage);
            if (check) {
                store.outbox().verify();
            }
            return store;
        } catch (SQLException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    /** Compares the database with the mark outside it (R7, F11, F12). */
    private Opened judge(Opened store, Optional<EpochFile.Mark> mark) throws SQLException, IOException {
        long epoch = epoch(store);
        long last = store.outbox().counts().lastSequence();
        if (mark.isEmpty()) {
            beginInPlace(store, "EPOCH", "The epoch file is missing or damaged.");
            return store;
        }
        EpochFile.Mark m = mark.get();
        if (m.epoch() < epoch) {
            beginInPlace(store, "EPOCH_CONFLICT", "The epoch file is older than the database.");
        } else if (m.epoch() > epoch || m.highWater() > last) {
            store.close();
            String what = "the database ends at epoch " + epoch + " sequence " + last + ", epoch " + m.epoch()
                    + " sequence " + m.highWater() + " was durable";
            return renew("STORE_ROLLED_BACK", what, m.epoch());
        }
        return store;
    }

    private void beginInPlace(Opened store, String code, String why) throws SQLException, IOException {
        long before = epoch(store);
        store.db().execute("BEGIN IMMEDIATE");
        store.outbox().begin(before + 1);
        store.db().execute("COMMIT");
        note(store.outbox().counts());
        anotherEpoch(store.outbox().counts(), before, code, why);
    }

    /** Tells of an epoch whose content stayed, with sequences that began again. */
    void anotherEpoch(OutboxTable.Counts now, long before, String code, String why) {
        String text = why + " Epoch " + now.epoch() + " begins; " + now.entries()
                + " waiting entries are sent again under it.";
        Map<String, String> detail = Map.of("before", String.valueOf(before), "epoch", String.valueOf(now.epoch()));
        if (!code.equals("EPOCH")) {
            events.event(code, Severity.CRITICAL, text, detail);
        }
        events.event("EPOCH", Severity.WARNING, text, detail);
    }

    private Opened renew(String code, String why, long epochBefore) throws SQLException, IOException {
        Optional<Path> aside = Aside.move(file);
        long epoch = epochBefore == 0 ? firstEpoch() : epochBefore + 1;
        Opened store = create(epoch);
        int salvaged = aside.isEmpty() ? 0 : Salvage.copy(aside.get(), store);
        String kept = aside.map(p -> p.getFileName().toString()).orElse("nothing was left to keep");
        events.event(
                code,
                Severity.CRITICAL,
                "The store could not be trusted: " + why + ". It was kept aside (" + kept + "), epoch " + epoch
                        + " begins with " + salvaged + " salvaged entries, and the meters are read again.",
                Map.of(
                        "reason",
                        why,
                        "kept",
                        kept,
                        "epoch",
                        String.valueOf(epoch),
                        "salvaged",
                        String.valueOf(salvaged)));
        events.event(
                "EPOCH",
                Severity.WARNING,
                "Epoch " + epoch + " begins.",
                Map.of("before", String.valueOf(epochBefore), "epoch", String.valueOf(epoch)));
        return ready(store);
    }

    /** The epoch file goes first: a database is never newer than it without a trace. */
    private Opened create(long epoch) throws SQLException, IOException {
        epochFile.begin(epoch, 0);
        Database db = Database.writer(file, maxBytes);
        try {
            db.createTables();
            Opened store = new Opened(db, damage);
            store.outbox().begin(epoch);
            db.text("PRAGMA wal_checkpoint(TRUNCATE)");
            EpochFile.forceDirectory(directory);
            return store;
        } catch (SQLException | IOException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private Opened ready(Opened store) throws IOException {
        note(store.outbox().counts());
        epochFile.open();
        opened = true;
        return store;
    }

    /** A replaced disk begins where no earlier epoch of this gateway was, as far as the clock can be believed. */
    private long firstEpoch() {
        long now = clock.instant().getEpochSecond();
        return now > YEAR_2020 ? now : 1;
    }

    private static long epoch(Opened store) {
        return store.outbox().counts().epoch();
    }

    /** Writes down what the database holds durably; a new epoch waits for the disk, a sequence does not. */
    void note(OutboxTable.Counts durable) throws IOException {
        if (epochFile.current().epoch() == durable.epoch()) {
            epochFile.note(durable.lastSequence());
        } else {
            epochFile.begin(durable.epoch(), durable.lastSequence());
        }
    }

    void sync() throws IOException {
        epochFile.sync();
    }

    void finish() throws IOException {
        if (opened) {
            epochFile.finish();
        }
    }

    @Override
    public void close() throws IOException {
        epochFile.close();
        if (lockChannel != null) {
            lockChannel.close();
        }
    }
}
