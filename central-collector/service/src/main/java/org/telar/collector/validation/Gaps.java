package org.telar.collector.validation;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the table of gaps true for the channels that a file touched: new gaps are opened, filled ones closed with the
 * time, those that shrank keep the age of what they were part of. Not thread-safe; works in the caller's transaction.
 */
final class Gaps {
    private static final String DAYS = "SELECT " + HeldDays.COLUMNS + " FROM lp_day d JOIN reading_type t USING (rt_id)"
            + " JOIN (SELECT DISTINCT meter_id, rt_id FROM lp_day WHERE file_id = ?) k"
            + " ON k.meter_id = d.meter_id AND k.rt_id = d.rt_id WHERE d.day >= ? ORDER BY 2, 3, 1";

    private final Connection db;
    private final Map<Integer, String> qualities;
    private final Instant now;

    private record Key(int meter, short type) {}

    /** @param from UTC second, exclusive. @param to inclusive */
    private record Gap(long from, long to, boolean missing, int slots) {
        boolean overlaps(Gap other) {
            return from < other.to && other.from < to;
        }
    }

    private record Open(Gap gap, Timestamp since) {}

    Gaps(Connection db, Map<Integer, String> qualities, Instant now) {
        this.db = db;
        this.qualities = qualities;
        this.now = now;
    }

    /** @param since first local day looked at, as days since 1970 */
    void refresh(long fileId, int since) throws SQLException {
        Map<Key, List<Gap>> found = new LinkedHashMap<>();
        try (PreparedStatement query = db.prepareStatement(DAYS)) {
            query.setLong(1, fileId);
            query.setDate(2, Date.valueOf(LocalDate.ofEpochDay(since)));
            query.setFetchSize(2_000);
            try (ResultSet row = query.executeQuery()) {
                Key key = new Key(-1, (short) -1);
                Walk walk = new Walk();
                while (row.next()) {
                    Key next = new Key(row.getInt(2), row.getShort(3));
                    if (!next.equals(key)) {
                        key = next;
                        walk = new Walk();
                        found.put(key, walk.gaps);
                    }
                    walk.day(HeldDays.of(row, qualities));
                }
            }
        }
        for (Map.Entry<Key, List<Gap>> e : found.entrySet()) {
            save(e.getKey(), e.getValue(), since);
        }
    }

    /** From the first slot that something is known of to the last one, day after day. */
    private static final class Walk {
        private final List<Gap> gaps = new ArrayList<>();
        private final List<Gap> doubtful = new ArrayList<>();
        private long reached = Long.MIN_VALUE;

        void day(HeldDay d) {
            for (int i = 0; i < d.size(); i++) {
                if (d.absent(i)) {
                    add(doubtful, new Gap(d.end(i) - d.step(), d.end(i), !d.unknown(i), 1));
                    if (!d.unknown(i) && reached != Long.MIN_VALUE) {
                        settle(d.end(i), d.step());
                    }
                } else {
                    settle(d.end(i), d.step());
                }
            }
        }

        /** Something is known up to here: what was doubtful before it is a gap. */
        private void settle(long end, int step) {
            long known = doubtful.isEmpty() ? end - step : doubtful.get(0).from();
            if (reached != Long.MIN_VALUE && known > reached) {
                add(gaps, new Gap(reached, known, false, (int) ((known - reached) / step)));
            }
            if (reached != Long.MIN_VALUE) {
                doubtful.forEach(g -> add(gaps, g));
            }
            doubtful.clear();
            reached = end;
        }

        private static void add(List<Gap> to, Gap gap) {
            Gap last = to.isEmpty() ? null : to.get(to.size() - 1);
            if (last != null && last.to() == gap.from() && last.missing() == gap.missing()) {
                to.set(to.size() - 1, new Gap(last.from(), gap.to(), gap.missing(), last.slots() + gap.slots()));
            } else {
                to.add(gap);
            }
        }
    }

    private void save(Key key, List<Gap> found, int since) throws SQLException {
        List<Open> open = open(key, since);
        Map<Gap, Open> held = new HashMap<>();
        open.forEach(o -> held.put(o.gap(), o));
        Set<Gap> kept = new HashSet<>(found);
        for (Open o : open) {
            if (!kept.contains(o.gap())) {
                boolean changed = found.stream().anyMatch(g -> g.overlaps(o.gap()));
                end(key, o, changed);
            }
        }
        for (Gap g : found) {
            if (!held.containsKey(g)) {
                Timestamp seen = open.stream()
                        .filter(o -> o.gap().overlaps(g))
                        .map(Open::since)
                        .min(Timestamp::compareTo)
                        .orElse(Timestamp.from(now));
                insert(key, g, seen);
            }
        }
    }

    private List<Open> open(Key key, int since) throws SQLException {
        List<Open> open = new ArrayList<>();
        try (PreparedStatement query =
                db.prepareStatement("SELECT extract(epoch FROM from_ts)::bigint, extract(epoch FROM to_ts)::bigint,"
                        + " cause = 'MISSING_AT_METER', slots, first_seen FROM load_gap WHERE meter_id = ? AND rt_id = ?"
                        + " AND closed_at IS NULL AND to_ts >= ?")) {
            query.setInt(1, key.meter());
            query.setShort(2, key.type());
            query.setTimestamp(3, new Timestamp(since * 86_400_000L));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    open.add(new Open(
                            new Gap(row.getLong(1), row.getLong(2), row.getBoolean(3), row.getInt(4)),
                            row.getTimestamp(5)));
                }
            }
        }
        return open;
    }

    /** A gap that only changed its extent is replaced, one that is gone is closed. */
    private void end(Key key, Open o, boolean changed) throws SQLException {
        String sql = changed
                ? "DELETE FROM load_gap WHERE closed_at IS NULL AND meter_id = ? AND rt_id = ? AND from_ts = ? AND to_ts = ?"
                : "UPDATE load_gap SET closed_at = ? WHERE closed_at IS NULL AND meter_id = ? AND rt_id = ?"
                        + " AND from_ts = ? AND to_ts = ?";
        try (PreparedStatement update = db.prepareStatement(sql)) {
            int at = 1;
            if (!changed) {
                update.setTimestamp(at++, Timestamp.from(now));
            }
            update.setInt(at++, key.meter());
            update.setShort(at++, key.type());
            update.setTimestamp(at++, seconds(o.gap().from()));
            update.setTimestamp(at, seconds(o.gap().to()));
            update.executeUpdate();
        }
    }

    private void insert(Key key, Gap g, Timestamp seen) throws SQLException {
        try (PreparedStatement insert =
                db.prepareStatement("INSERT INTO load_gap (meter_id, rt_id, from_ts, to_ts, cause, slots, first_seen)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (meter_id, rt_id, from_ts, to_ts, first_seen)"
                        + " DO UPDATE SET closed_at = NULL, cause = excluded.cause")) {
            insert.setInt(1, key.meter());
            insert.setShort(2, key.type());
            insert.setTimestamp(3, seconds(g.from()));
            insert.setTimestamp(4, seconds(g.to()));
            insert.setString(5, g.missing() ? "MISSING_AT_METER" : "NOT_RECEIVED");
            insert.setInt(6, g.slots());
            insert.setTimestamp(7, seen);
            insert.executeUpdate();
        }
    }

    static Timestamp seconds(long epoch) {
        return Timestamp.from(Instant.ofEpochSecond(epoch));
    }
}
