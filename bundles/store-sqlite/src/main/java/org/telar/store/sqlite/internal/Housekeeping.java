package org.telar.store.sqlite.internal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/**
 * Removes readings that the centre has: by age, or oldest first when the disk fills. A block or register set any of
 * whose entries still waits in the outbox is never touched (R5). Works inside its caller's transaction. Stateless.
 */
final class Housekeeping {
    /** Days a clock may run ahead of the data before it is not believed. */
    private static final int CLOCK_SLACK = 2;

    private static final int CHUNK = 2_000;

    private static final String ACKNOWLEDGED = " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.sequence"
            + " BETWEEN t.first_sequence AND t.last_sequence)";

    private Housekeeping() {}

    /**
     * Removes acknowledged readings older than the retention, at most a chunk. The age is taken from the clock or from
     * the newest data, whichever is older: a clock that jumped ahead ages nothing.
     *
     * @return rows removed; a full chunk means that there may be more
     */
    static int age(Opened store, Clock clock, Duration retention) throws SQLException {
        long newest = store.readings().newestDay();
        long today = Math.floorDiv(clock.instant().getEpochSecond(), Days.SECONDS);
        long before = Math.min(today, newest + CLOCK_SLACK) - retention.toDays();
        return remove(store, before, CHUNK);
    }

    static boolean mayHaveMore(int removed) {
        return removed >= CHUNK;
    }

    /** Removes the oldest day that holds acknowledged blocks, but never the newest day; returns rows removed. */
    static int oldestDay(Opened store) throws SQLException {
        long newest = store.readings().newestDay();
        long oldest = store.db().number("SELECT min(t.id) FROM block t WHERE 1" + ACKNOWLEDGED) >> 40;
        return oldest == 0 || oldest >= newest ? 0 : remove(store, oldest + 1, Integer.MAX_VALUE);
    }

    private static int remove(Opened store, long beforeDay, int atMost) throws SQLException {
        PreparedStatement blocks = store.db()
                .prepared("DELETE FROM block WHERE id IN (SELECT t.id FROM block t WHERE t.id < ?" + ACKNOWLEDGED
                        + " LIMIT ?)");
        blocks.setLong(1, ReadingTables.firstKey(beforeDay));
        blocks.setInt(2, atMost);
        int removed = blocks.executeUpdate();
        PreparedStatement sets = store.db()
                .prepared("DELETE FROM registers WHERE (meter, stamp, kind, source) IN"
                        + " (SELECT t.meter, t.stamp, t.kind, t.source FROM registers t WHERE t.stamp <= ?"
                        + ACKNOWLEDGED + " LIMIT ?)");
        // A closing is stamped at the first instant after its day (D5).
        sets.setLong(1, beforeDay * Days.SECONDS);
        sets.setInt(2, atMost);
        return removed + sets.executeUpdate();
    }
}
