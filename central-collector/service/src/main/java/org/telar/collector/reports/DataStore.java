package org.telar.collector.reports;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

import tools.jackson.databind.json.JsonMapper;

/**
 * The ETL into the data store (R87): extracts, read only, what was loaded since the last time; identifies the meter in
 * the registry; qualifies the record; loads the good ones and keeps the bad ones as rejects with code, reason and the
 * record itself. A reject whose record is good at a later run is gone. Facts, rejects and watermark in one transaction.
 * Thread-safe.
 */
public final class DataStore {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Loads commit in any order: those that began before the last extraction are looked at again. */
    private static final Duration OVERLAP = Duration.ofMinutes(10);

    private static final String DAYS = "SELECT d.day, m.meter_no, t.obis, t.kind, t.unit, d.step_s, d.n_present,"
            + " d.n_expected, d.loaded_at,"
            + " CASE WHEN t.kind = 'register' THEN (SELECT scaled(coalesce(d.base + s.v, s.w), d.scaler)"
            + "   FROM unnest(d.vals, d.wide) WITH ORDINALITY AS s(v, w, i)"
            + "   WHERE s.v IS NOT NULL OR s.w IS NOT NULL ORDER BY s.i DESC LIMIT 1)"
            + " ELSE (SELECT sum(scaled(coalesce(d.base + s.v, s.w), d.scaler)) FROM unnest(d.vals, d.wide) AS s(v, w)) END,"
            + " CASE WHEN d.q IS NULL THEN 0 ELSE (SELECT count(*) FROM unnest(d.q) x WHERE x <> 1 AND x <> 0) END,"
            + " (SELECT count(*) FROM validation_flag f WHERE f.day = d.day AND f.meter_id = d.meter_id AND f.rt_id = d.rt_id)"
            + " FROM lp_day d JOIN meter m USING (meter_id) JOIN reading_type t USING (rt_id) WHERE d.loaded_at >= ? OR m.meter_no = ANY (?)";
    private static final String CLOSINGS = "SELECT r.read_ts, m.meter_no, t.obis, r.kind, t.unit, r.value, q.codes,"
            + " r.loaded_at FROM register_reading r JOIN meter m USING (meter_id) JOIN reading_type t USING (rt_id)"
            + " JOIN quality_set q USING (q_id) WHERE (r.loaded_at >= ? OR m.meter_no = ANY (?))"
            + " AND r.kind IN ('daily', 'billing')";

    private final DataSource smmc;
    private final DataSource legacy;
    private final Clock clock;

    /** How a run ended. */
    public record Run(Instant started, Instant ended, long extracted, long stored, long rejected) {}

    private record Meter(String gateway, String mode) {}

    private record Bad(String code, String reason) {}

    public DataStore(DataSource smmc, DataSource legacy, Clock clock) {
        this.smmc = smmc;
        this.legacy = legacy;
        this.clock = clock;
    }

    /** Brings the store up to date. */
    public synchronized Run run() throws SQLException {
        Instant started = clock.instant();
        try (Connection to = smmc.getConnection();
                Connection from = legacy.getConnection()) {
            to.setAutoCommit(false);
            from.setAutoCommit(false);
            from.setReadOnly(true);
            try (Statement s = to.createStatement()) {
                s.execute("LOCK TABLE store.run IN SHARE ROW EXCLUSIVE MODE"); // one instance at a time
                Load load = new Load(to, meters(to), started);
                Instant watermark = watermark(to);
                long extracted = load.days(from, watermark) + load.closings(from, watermark);
                Instant next = load.newest.isAfter(watermark) ? load.newest : watermark;
                Run run = new Run(started, clock.instant(), extracted, load.stored, load.rejected);
                note(to, run, next);
                to.commit();
                return run;
            } catch (SQLException | RuntimeException e) {
                to.rollback();
                throw e;
            } finally {
                from.rollback();
                from.setReadOnly(false);
                from.setAutoCommit(true);
                to.setAutoCommit(true);
            }
        }
    }

    private static Instant watermark(Connection db) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT max(watermark) FROM store.run")) {
            row.next();
            Timestamp t = row.getTimestamp(1);
            return t == null ? Instant.EPOCH : t.toInstant();
        }
    }

    private static Map<String, Meter> meters(Connection db) throws SQLException {
        Map<String, Meter> meters = new HashMap<>();
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT meter_no, coalesce(gateway_id, ''), mode FROM meter")) {
            while (row.next()) {
                meters.put(row.getString(1), new Meter(row.getString(2), row.getString(3)));
            }
        }
        return meters;
    }

    private static void note(Connection db, Run run, Instant watermark) throws SQLException {
        try (PreparedStatement insert =
                db.prepareStatement("INSERT INTO store.run (started, ended, watermark, extracted,"
                        + " stored, rejected) VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setTimestamp(1, Timestamp.from(run.started()));
            insert.setTimestamp(2, Timestamp.from(run.ended()));
            insert.setTimestamp(3, Timestamp.from(watermark));
            insert.setLong(4, run.extracted());
            insert.setLong(5, run.stored());
            insert.setLong(6, run.rejected());
            insert.executeUpdate();
        }
    }

    /** One run's work. */
    private static final class Load {
        private final Connection to;
        private final Map<String, Meter> meters;
        private final Instant now;
        private Instant newest = Instant.EPOCH;
        private final boolean rejects;
        /** Meters with rejects that the registry has come to know. */
        private final List<String> again = new ArrayList<>();

        private long stored;
        private long rejected;

        Load(Connection to, Map<String, Meter> meters, Instant now) throws SQLException {
            this.rejects = any(to);
            this.to = to;
            this.meters = meters;
            this.now = now;
            try (Statement s = to.createStatement();
                    ResultSet row = s.executeQuery(
                            "SELECT DISTINCT r.meter FROM store.reject r JOIN meter m ON m.meter_no = r.meter"
                                    + " WHERE r.code = 'UNKNOWN_METER' LIMIT 1000")) {
                while (row.next()) {
                    again.add(row.getString(1));
                }
            }
        }

        private static boolean any(Connection db) throws SQLException {
            try (Statement s = db.createStatement();
                    ResultSet row = s.executeQuery("SELECT EXISTS (SELECT 1 FROM store.reject)")) {
                row.next();
                return row.getBoolean(1);
            }
        }

        private static Instant since(Instant watermark) {
            return watermark.equals(Instant.EPOCH) ? watermark : watermark.minus(OVERLAP);
        }

        private void seen(Timestamp loaded) {
            newest = loaded.toInstant().isAfter(newest) ? loaded.toInstant() : newest;
        }

        private void delete(String sql, String... keys) throws SQLException {
            try (PreparedStatement delete = to.prepareStatement(sql)) {
                for (int i = 0; i < keys.length; i++) {
                    delete.setString(i + 1, keys[i]);
                }
                delete.executeUpdate();
            }
        }

        long days(Connection from, Instant watermark) throws SQLException {
            long n = 0;
            try (PreparedStatement query = from.prepareStatement(DAYS);
                    PreparedStatement insert = to.prepareStatement(
                            "INSERT INTO store.daily (day, meter, channel, gateway,"
                                    + " mode, kind, unit, present, expected, value, estimated, flags, loaded_at, stored_at)"
                                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, meter, channel)"
                                    + " DO UPDATE SET gateway = excluded.gateway, mode = excluded.mode, present = excluded.present,"
                                    + " expected = excluded.expected, value = excluded.value, estimated = excluded.estimated,"
                                    + " flags = excluded.flags, loaded_at = excluded.loaded_at, stored_at = excluded.stored_at")) {
                query.setTimestamp(1, Timestamp.from(since(watermark)));
                query.setArray(2, from.createArrayOf("text", again.toArray()));
                query.setFetchSize(2_000);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        n++;
                        day(row, insert);
                    }
                }
                insert.executeBatch();
            }
            return n;
        }

        private void day(ResultSet row, PreparedStatement insert) throws SQLException {
            String meter = row.getString(2);
            seen(row.getTimestamp(9));
            LocalDate day = row.getObject(1, LocalDate.class);
            Optional<Bad> bad = judge(meter, row, day);
            if (settle("daily", day.toString(), meter, row.getString(3), bad, row, 9)) {
                Meter known = meters.get(meter);
                insert.setObject(1, day);
                insert.setString(2, meter);
                insert.setString(3, row.getString(3));
                insert.setString(4, known.gateway());
                insert.setString(5, known.mode());
                insert.setString(6, row.getString(4));
                insert.setString(7, row.getString(5));
                insert.setInt(8, row.getInt(7));
                insert.setInt(9, row.getInt(8));
                insert.setBigDecimal(10, row.getBigDecimal(10));
                insert.setInt(11, row.getInt(11));
                insert.setInt(12, row.getInt(12));
                insert.setTimestamp(13, row.getTimestamp(9));
                insert.setTimestamp(14, Timestamp.from(now));
                insert.addBatch();
                if (++stored % 1_000 == 0) {
                    insert.executeBatch();
                }
            }
        }

        /** Identify, then qualify. */
        private Optional<Bad> judge(String meter, ResultSet row, LocalDate day) throws SQLException {
            if (!meters.containsKey(meter)) {
                return Optional.of(new Bad("UNKNOWN_METER", "the registry does not know the meter"));
            }
            if (row.getInt(7) > row.getInt(8) || row.getInt(8) < 1) {
                return Optional.of(new Bad("COUNT", row.getInt(7) + " values in a day of " + row.getInt(8)));
            }
            if (86_400 % row.getInt(6) != 0) {
                return Optional.of(new Bad("PERIOD", "a capture period of " + row.getInt(6) + " s"));
            }
            if (day.isAfter(LocalDate.ofInstant(now, java.time.ZoneOffset.UTC).plusDays(1))) {
                return Optional.of(new Bad("FUTURE", "the day has not come"));
            }
            BigDecimal value = row.getBigDecimal(10);
            if (value != null && value.signum() < 0) {
                return Optional.of(new Bad("NEGATIVE", "the day's energy is " + value.toPlainString()));
            }
            return Optional.empty();
        }

        long closings(Connection from, Instant watermark) throws SQLException {
            long n = 0;
            try (PreparedStatement query = from.prepareStatement(CLOSINGS);
                    PreparedStatement insert = to.prepareStatement("INSERT INTO store.closing (stamp, meter, channel,"
                            + " gateway, kind, unit, value, quality, loaded_at, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                            + " ?) ON CONFLICT (stamp, meter, channel, kind) DO UPDATE SET gateway = excluded.gateway,"
                            + " value = excluded.value, quality = excluded.quality, loaded_at = excluded.loaded_at,"
                            + " stored_at = excluded.stored_at")) {
                query.setTimestamp(1, Timestamp.from(since(watermark)));
                query.setArray(2, from.createArrayOf("text", again.toArray()));
                query.setFetchSize(2_000);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        n++;
                        closing(row, insert);
                    }
                }
                insert.executeBatch();
            }
            return n;
        }

        private void closing(ResultSet row, PreparedStatement insert) throws SQLException {
            String meter = row.getString(2);
            seen(row.getTimestamp(8));
            Instant stamp = row.getTimestamp(1).toInstant();
            Optional<Bad> bad = Optional.empty();
            if (!meters.containsKey(meter)) {
                bad = Optional.of(new Bad("UNKNOWN_METER", "the registry does not know the meter"));
            } else if (stamp.isAfter(now.plus(Duration.ofDays(1)))) {
                bad = Optional.of(new Bad("FUTURE", "the stamp has not come"));
            } else if (row.getBigDecimal(6).signum() < 0) {
                bad = Optional.of(new Bad("NEGATIVE", "the register shows " + row.getString(6)));
            }
            if (settle("closing", stamp.toString(), meter, row.getString(3), bad, row, 8)) {
                insert.setTimestamp(1, row.getTimestamp(1));
                insert.setString(2, meter);
                insert.setString(3, row.getString(3));
                insert.setString(4, meters.get(meter).gateway());
                insert.setString(5, row.getString(4));
                insert.setString(6, row.getString(5));
                insert.setBigDecimal(7, row.getBigDecimal(6));
                insert.setString(8, row.getString(7));
                insert.setTimestamp(9, row.getTimestamp(8));
                insert.setTimestamp(10, Timestamp.from(now));
                insert.addBatch();
                if (++stored % 1_000 == 0) {
                    insert.executeBatch();
                }
            }
        }

        /** Keeps or clears the reject, and takes what was stored of a record that has turned bad. @return whether it is good */
        private boolean settle(
                String what, String at, String meter, String channel, Optional<Bad> bad, ResultSet row, int columns)
                throws SQLException {
            if (bad.isEmpty()) {
                if (rejects) {
                    delete(
                            "DELETE FROM store.reject WHERE what = ? AND key_at = ? AND meter = ? AND channel = ?",
                            what,
                            at,
                            meter,
                            channel);
                }
                return true;
            }
            rejected++;
            if (what.equals("daily")) {
                delete("DELETE FROM store.daily WHERE day = ?::date AND meter = ? AND channel = ?", at, meter, channel);
            } else {
                delete(
                        "DELETE FROM store.closing WHERE stamp = ?::timestamptz AND meter = ? AND channel = ?",
                        at,
                        meter,
                        channel);
            }
            Map<String, Object> record = new java.util.LinkedHashMap<>();
            for (int i = 1; i <= columns; i++) {
                record.put(row.getMetaData().getColumnLabel(i), String.valueOf(row.getObject(i)));
            }
            try (PreparedStatement insert =
                    to.prepareStatement("INSERT INTO store.reject (what, key_at, meter, channel,"
                            + " code, reason, record, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)"
                            + " ON CONFLICT (what, key_at, meter, channel) DO UPDATE SET code = excluded.code,"
                            + " reason = excluded.reason, record = excluded.record, last_at = excluded.last_at")) {
                insert.setString(1, what);
                insert.setString(2, at);
                insert.setString(3, meter);
                insert.setString(4, channel);
                insert.setString(5, bad.get().code());
                insert.setString(6, bad.get().reason());
                insert.setString(7, JSON.writeValueAsString(record));
                insert.setTimestamp(8, Timestamp.from(now));
                insert.setTimestamp(9, Timestamp.from(now));
                insert.executeUpdate();
            }
            return false;
        }
    }
}
