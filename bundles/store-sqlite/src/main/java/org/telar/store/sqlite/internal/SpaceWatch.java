package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

import org.telar.api.platform.EventSink;
import org.telar.api.platform.EventSink.Severity;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;

/**
 * How full the store is, against its configured limit or what the disk has left, whichever is less (R6). At 80 % it says
 * so; at 95 % acknowledged readings go, oldest first, and then the backlog lane is refused, live readings at 98 %. What
 * is urgent is taken until the disk itself refuses. Used by the writer.
 */
final class SpaceWatch {
    static final double NEAR = 0.80;
    static final double FULL = 0.95;
    static final double LIVE_FULL = 0.98;
    /** Below this a warning is taken back; the gap keeps it from flapping. */
    private static final double CLEAR = 0.75;

    private static final double MARGIN = 0.10;
    private static final int SKIPS = 32;
    private static final long LOOK_NANOS = 250_000_000L;

    private final Path directory;
    private final long limit;
    private final EventSink events;
    private double fill = 1;
    private int level;
    private int skipped;
    private long lookedAt = System.nanoTime();

    SpaceWatch(Path directory, long limit, EventSink events) {
        this.directory = directory;
        this.limit = limit;
        this.events = events;
    }

    /** Takes a look; events on a change of level. Far from the marks it looks from time to time only. */
    void look(Opened store) throws SQLException {
        long now = System.nanoTime();
        boolean far = level == 0 && fill < NEAR - MARGIN;
        if (far && skipped < SKIPS && now - lookedAt < LOOK_NANOS) {
            skipped++;
            return;
        }
        skipped = 0;
        lookedAt = now;
        level(store);
    }

    private void level(Opened store) throws SQLException {
        fill = measure(store);
        int now = fill >= FULL ? 2 : fill >= NEAR ? 1 : fill < CLEAR ? 0 : Math.min(level, 1);
        if (now > level) {
            events.event(
                    "STORE_NEAR_FULL",
                    now == 2 ? Severity.CRITICAL : Severity.WARNING,
                    "The store is " + percent() + " % full."
                            + (now == 2 ? " Backlog readings are refused until the centre has acknowledged more." : ""),
                    Map.of("percent", String.valueOf(percent())));
        } else if (now == 0 && level > 0) {
            events.event(
                    "STORE_SPACE_OK",
                    Severity.INFO,
                    "The store is " + percent() + " % full again.",
                    Map.of("percent", String.valueOf(percent())));
        }
        level = now;
    }

    /** Makes room if it can, else refuses the lane. */
    void admit(Lane lane, Opened store) throws SQLException, StoreException {
        double bound = lane == Lane.BACKLOG ? FULL : lane == Lane.LIVE ? LIVE_FULL : Double.MAX_VALUE;
        if (level < 2 || fill < bound) {
            return;
        }
        relieve(store);
        if (fill >= bound) {
            throw new StoreException("the store is " + percent() + " % full: lane " + lane
                    + " is not taken until the centre has acknowledged more; nothing that waits was dropped");
        }
    }

    /** Removes acknowledged days, oldest first, until there is room again. */
    private void relieve(Opened store) throws SQLException {
        int removed = 0;
        int ofDay = 1;
        while (fill >= FULL && ofDay > 0) {
            ofDay = Housekeeping.oldestDay(store);
            removed += ofDay;
            fill = measure(store);
        }
        if (removed > 0) {
            events.event(
                    "STORE_EVICTED",
                    Severity.WARNING,
                    removed + " packed rows of the oldest days, all acknowledged, were removed before their age"
                            + " because the disk is full.",
                    Map.of("rows", String.valueOf(removed)));
        }
    }

    private double measure(Opened store) throws SQLException {
        long used = store.db().usedBytes();
        long onDisk = store.db().number("PRAGMA page_count") * Database.PAGE;
        long capacity = Math.min(limit, onDisk + directory.toFile().getUsableSpace());
        return (double) used / Math.max(1, capacity);
    }

    private long percent() {
        return Math.round(fill * 100);
    }
}
