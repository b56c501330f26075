package org.telar.collector.integration.loader;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.postgresql.PGConnection;

/**
 * Packed rows into {@code lp_day}, set by set, keys sorted. Rows of days that are not there yet, the common case, cost
 * one COPY and one INSERT; the others are locked, merged here and written back. Runs inside the file's transaction. Not
 * thread-safe.
 */
final class DayStore {
    private static final String COLUMNS = "day, meter_id, rt_id, t0, step_s, scaler, base, vals, wide, q, n_present,"
            + " n_expected, read_at, read_lag, rev, file_id, loaded_at";
    private static final int FIELDS = 17;
    private static final String STAGE = "CREATE TEMP TABLE IF NOT EXISTS lp_stage (LIKE lp_day) ON COMMIT DELETE ROWS";
    private static final String INSERT = "WITH fresh AS (INSERT INTO lp_day (" + COLUMNS + ") SELECT " + COLUMNS
            + " FROM lp_stage ORDER BY day, meter_id, rt_id ON CONFLICT DO NOTHING RETURNING day, meter_id, rt_id)"
            + " DELETE FROM lp_stage s USING fresh f"
            + " WHERE s.day = f.day AND s.meter_id = f.meter_id AND s.rt_id = f.rt_id";
    private static final String HELD = "SELECT d.day - DATE '1970-01-01', d.meter_id, d.rt_id,"
            + " extract(epoch FROM d.t0)::bigint, d.step_s, d.scaler, d.base, d.vals, d.wide, d.q,"
            + " extract(epoch FROM d.read_at)::bigint, d.read_lag, d.rev FROM lp_day d JOIN lp_stage s"
            + " ON s.day = d.day AND s.meter_id = d.meter_id AND s.rt_id = d.rt_id"
            + " ORDER BY d.day, d.meter_id, d.rt_id FOR UPDATE OF d";
    private static final String UPDATE = "UPDATE lp_day d SET scaler = s.scaler, base = s.base, vals = s.vals,"
            + " wide = s.wide, q = s.q, n_present = s.n_present, read_at = s.read_at, read_lag = s.read_lag,"
            + " rev = s.rev, file_id = s.file_id, loaded_at = s.loaded_at FROM lp_stage s"
            + " WHERE s.day = d.day AND s.meter_id = d.meter_id AND s.rt_id = d.rt_id";

    private final Connection db;
    private final Merge merge;
    private final History history;
    private final Tally tally;
    private final long fileId;
    private final Instant now;
    private final CopyRows rows = new CopyRows();

    DayStore(Connection db, Merge merge, History history, Tally tally, long fileId, Instant now) throws SQLException {
        this.db = db;
        this.merge = merge;
        this.history = history;
        this.tally = tally;
        this.fileId = fileId;
        this.now = now;
        try (Statement s = db.createStatement()) {
            s.execute(STAGE);
        }
    }

    /** Takes what a merge could not: values that have no common 64-bit form with those held. */
    interface Refused {
        void refused(DayKey key, Slots slots) throws SQLException;
    }

    void write(SortedMap<DayKey, Slots> days, Refused refused) throws SQLException {
        if (days.isEmpty()) {
            return;
        }
        stage(days);
        int fresh;
        try (Statement s = db.createStatement()) {
            fresh = s.executeUpdate(INSERT);
        }
        Map<DayKey, Slots> held = fresh == days.size() ? Map.of() : held();
        for (Map.Entry<DayKey, Slots> day : days.entrySet()) {
            if (!held.containsKey(day.getKey())) {
                tally.loaded += day.getValue().present();
            }
        }
        if (!held.isEmpty()) {
            update(mergeAll(days, held, refused));
        }
    }

    private SortedMap<DayKey, Slots> mergeAll(Map<DayKey, Slots> days, Map<DayKey, Slots> held, Refused refused)
            throws SQLException {
        SortedMap<DayKey, Slots> changed = new TreeMap<>();
        for (Map.Entry<DayKey, Slots> old : held.entrySet()) {
            Slots incoming = days.get(old.getKey());
            Optional<Merge.Count> count = merge.merge(old.getValue(), incoming, history.of(old.getKey(), incoming));
            if (count.isEmpty()) {
                refused.refused(old.getKey(), incoming);
                continue;
            }
            tally.loaded += count.get().inserted;
            tally.duplicates += count.get().equal;
            tally.conflicts += count.get().conflicts;
            if (count.get().changed) {
                changed.put(old.getKey(), old.getValue());
            }
        }
        return changed;
    }

    private void update(SortedMap<DayKey, Slots> changed) throws SQLException {
        try (Statement s = db.createStatement()) {
            s.executeUpdate("DELETE FROM lp_stage");
            if (!changed.isEmpty()) {
                stage(changed);
                s.executeUpdate(UPDATE);
                s.executeUpdate("DELETE FROM lp_stage");
            }
        }
    }

    private Map<DayKey, Slots> held() throws SQLException {
        Map<DayKey, Slots> held = new TreeMap<>();
        try (PreparedStatement query = db.prepareStatement(HELD);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                held.put(new DayKey(row.getInt(1), row.getInt(2), row.getShort(3)), slots(row));
            }
        }
        return held;
    }

    private static Slots slots(ResultSet row) throws SQLException {
        Integer[] vals = (Integer[]) row.getArray(8).getArray();
        Optional<Object[]> wide = array(row, 9);
        Optional<Object[]> quality = array(row, 10);
        Optional<Object[]> lag = array(row, 12);
        long base = row.getLong(7);
        long readAt = row.getLong(11);
        Slots slots = new Slots(row.getLong(4), row.getInt(5), vals.length, row.getInt(6));
        slots.revision = row.getInt(13);
        for (int i = 0; i < vals.length; i++) {
            Long big = wide.isPresent() ? (Long) wide.get()[i] : null;
            long value = vals[i] != null ? base + vals[i] : big != null ? big : Slots.ABSENT;
            short q = quality.isPresent()
                    ? quality.get()[i] == null ? Slots.UNKNOWN : ((Number) quality.get()[i]).shortValue()
                    : value == Slots.ABSENT ? Slots.UNKNOWN : Qualified.VALID;
            slots.set(i, value, q, readAt - (lag.isPresent() ? ((Number) lag.get()[i]).longValue() : 0));
        }
        return slots;
    }

    private static Optional<Object[]> array(ResultSet row, int column) throws SQLException {
        java.sql.Array array = row.getArray(column);
        return array == null ? Optional.empty() : Optional.of((Object[]) array.getArray());
    }

    private void stage(SortedMap<DayKey, Slots> days) throws SQLException {
        rows.clear();
        days.forEach(this::row);
        try {
            db.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY lp_stage (" + COLUMNS + ") FROM STDIN (FORMAT binary)",
                            new java.io.ByteArrayInputStream(rows.finished()));
        } catch (IOException e) {
            throw new SQLException("rows cannot be sent", "08006", e);
        }
    }

    private void row(DayKey key, Slots s) {
        long newest = Arrays.stream(s.readAt).max().orElse(0);
        rows.row(FIELDS);
        rows.date(key.day());
        rows.int4(key.meter());
        rows.int2(key.type());
        rows.timestamp(s.first);
        rows.int4(s.step);
        rows.int2(s.scaler);
        values(s);
        if (Qualified.plain(s)) {
            rows.nothing();
        } else {
            rows.int2s(s.quality);
        }
        rows.int4(s.present());
        rows.int4(s.size());
        rows.timestamp(newest);
        if (sameReading(s, newest)) {
            rows.nothing();
        } else {
            rows.lags(s.readAt, newest);
        }
        rows.int4(s.revision);
        rows.int8(fileId);
        rows.timestamp(now.getEpochSecond());
    }

    /** Base and vals, or wide: whichever holds the day exactly. */
    private void values(Slots s) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (long v : s.value) {
            if (v != Slots.ABSENT) {
                min = Math.min(min, v);
                max = Math.max(max, v);
            }
        }
        boolean small = min > max || min >= Integer.MIN_VALUE && max <= Integer.MAX_VALUE;
        boolean near = small || max - min >= 0 && max - min <= Integer.MAX_VALUE;
        long base = small ? 0 : min;
        rows.int8(near ? base : 0);
        if (near) {
            rows.int4s(s.value, base);
            rows.nothing();
        } else {
            rows.nulls(s.size());
            rows.int8s(s.value);
        }
    }

    /** Slots without knowledge do not count: their reading time means nothing. */
    private static boolean sameReading(Slots s, long newest) {
        for (int i = 0; i < s.size(); i++) {
            if (s.readAt[i] != newest && s.quality[i] != Slots.UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    /** What the quality column can leave out. */
    static final class Qualified {
        /** Id of the quality set 1.0.0 without a comment: the schema's first row. */
        static final short VALID = 1;

        private Qualified() {}

        static boolean plain(Slots s) {
            for (int i = 0; i < s.size(); i++) {
                if (s.quality[i] != (s.value[i] == Slots.ABSENT ? Slots.UNKNOWN : VALID)) {
                    return false;
                }
            }
            return true;
        }
    }
}
