package org.telar.collector.validation;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Judges what each loaded file touched, once, in the order of loading: flags of the days concerned are found anew, gaps
 * opened and closed, in one transaction with the mark in the journal. Readings are not touched. Several may run on one
 * database; a file is judged by one of them. Thread-safe.
 */
public final class Validator {
    private static final String INSERT = "INSERT INTO validation_flag (day, meter_id, rt_id, rule, from_ts, to_ts, n,"
            + " detail, file_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (day, meter_id, rt_id, rule, to_ts) DO UPDATE SET from_ts = excluded.from_ts,"
            + " n = excluded.n, detail = excluded.detail, file_id = excluded.file_id, at = excluded.at";
    /** Rows off the grid, second rows, and conflicts: they lie in tables of their own. */
    private static final String ASIDE = """
            SELECT (x.ts AT TIME ZONE m.tz - interval '1 second')::date - DATE '1970-01-01', x.meter_id, x.rt_id, x.rule,
                   extract(epoch FROM x.ts)::bigint, count(*), x.detail
            FROM (
                SELECT e.meter_id, e.rt_id, e.ts, CASE WHEN d.t0 IS NOT NULL THEN 'DOUBLE_ROW' ELSE 'OFF_GRID' END AS rule,
                       CASE WHEN d.t0 IS NOT NULL THEN 'another row of the same slot' ELSE 'a row off the grid' END AS detail
                FROM lp_exception e JOIN meter USING (meter_id)
                LEFT JOIN lp_day d ON d.meter_id = e.meter_id AND d.rt_id = e.rt_id
                    AND d.day = (e.ts AT TIME ZONE tz - interval '1 second')::date
                    AND mod(extract(epoch FROM e.ts - d.t0)::bigint, d.step_s) = 0
                WHERE e.file_id = ?
                UNION ALL
                SELECT h.meter_id, h.rt_id, h.ts, 'CONFLICT', 'a value of the same key differs (' || h.kind || ')'
                FROM reading_history h WHERE h.file_id = ?) x
            JOIN meter m USING (meter_id)
            GROUP BY 1, 2, 3, 4, 5, 7""";

    private final DataSource legacy;
    private final ValidationSettings settings;
    private final Clock clock;
    private final DayRules rules;
    private final SumCheck sums;

    public Validator(DataSource legacy, ValidationSettings settings, Clock clock) {
        this.legacy = legacy;
        this.settings = settings;
        this.clock = clock;
        this.rules = new DayRules(settings);
        this.sums = new SumCheck(settings);
    }

    /** Judges the next file. @return false when none waits */
    public boolean next() throws SQLException {
        try (Connection db = legacy.getConnection()) {
            db.setAutoCommit(false);
            try {
                Optional<Long> file = take(db);
                if (file.isPresent()) {
                    judge(db, file.get());
                    done(db, file.get());
                }
                db.commit();
                return file.isPresent();
            } catch (SQLException | RuntimeException e) {
                db.rollback();
                throw e;
            } finally {
                db.setAutoCommit(true);
            }
        }
    }

    private static Optional<Long> take(Connection db) throws SQLException {
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT file_id FROM file_journal WHERE state = 'LOADED'"
                        + " AND validated_at IS NULL ORDER BY file_id LIMIT 1 FOR UPDATE SKIP LOCKED")) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }

    private void judge(Connection db, long file) throws SQLException {
        Instant now = clock.instant();
        Map<Integer, String> qualities = qualities(db);
        List<Flag> flags = new ArrayList<>();
        int newest = days(db, file, qualities, flags);
        SumCheck.Result sum = sums.check(db, file);
        flags.addAll(sum.flags());
        clear(db, file, sum);
        flags.addAll(aside(db, file));
        insert(db, file, flags, now);
        if (newest > Integer.MIN_VALUE) {
            new Gaps(db, qualities, now).refresh(file, newest - settings.gapDays());
        }
    }

    /** @return the newest local day that the file touched */
    private int days(Connection db, long file, Map<Integer, String> qualities, List<Flag> flags) throws SQLException {
        int newest = Integer.MIN_VALUE;
        try (PreparedStatement query = db.prepareStatement("SELECT " + HeldDays.COLUMNS
                + " FROM lp_day d JOIN reading_type t USING (rt_id) WHERE d.file_id = ?")) {
            query.setLong(1, file);
            query.setFetchSize(500);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    HeldDay day = HeldDays.of(row, qualities);
                    newest = Math.max(newest, day.day());
                    flags.addAll(rules.check(day));
                }
            }
        }
        return newest;
    }

    private static Map<Integer, String> qualities(Connection db) throws SQLException {
        Map<Integer, String> codes = new HashMap<>();
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT q_id, codes FROM quality_set")) {
            while (row.next()) {
                codes.put(row.getInt(1), row.getString(2));
            }
        }
        return codes;
    }

    /** The flags of a day that is judged anew go, but those that stand for what happened, not for what is held. */
    private static void clear(Connection db, long file, SumCheck.Result sum) throws SQLException {
        try (PreparedStatement delete = db.prepareStatement("DELETE FROM validation_flag f USING lp_day d"
                + " WHERE d.file_id = ? AND f.day = d.day AND f.meter_id = d.meter_id AND f.rt_id = d.rt_id"
                + " AND f.rule NOT IN ('OFF_GRID', 'DOUBLE_ROW', 'CONFLICT', 'SUM')")) {
            delete.setLong(1, file);
            delete.executeUpdate();
        }
        try (PreparedStatement delete = db.prepareStatement(
                "DELETE FROM validation_flag WHERE day = ? AND meter_id = ? AND rt_id = ? AND rule = 'SUM'")) {
            for (SumCheck.Compared c : sum.compared()) {
                delete.setDate(1, Date.valueOf(LocalDate.ofEpochDay(c.day())));
                delete.setInt(2, c.meter());
                delete.setShort(3, c.type());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    private static List<Flag> aside(Connection db, long file) throws SQLException {
        List<Flag> flags = new ArrayList<>();
        try (PreparedStatement query = db.prepareStatement(ASIDE)) {
            query.setLong(1, file);
            query.setLong(2, file);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    flags.add(new Flag(
                            row.getInt(1),
                            row.getInt(2),
                            row.getShort(3),
                            Rule.valueOf(row.getString(4)),
                            row.getLong(5),
                            row.getLong(5),
                            row.getInt(6),
                            row.getString(7)));
                }
            }
        }
        return flags;
    }

    private static void insert(Connection db, long file, List<Flag> flags, Instant now) throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(INSERT)) {
            for (Flag f : flags) {
                insert.setDate(1, Date.valueOf(LocalDate.ofEpochDay(f.day())));
                insert.setInt(2, f.meter());
                insert.setShort(3, f.type());
                insert.setString(4, f.rule().name());
                insert.setTimestamp(5, Gaps.seconds(f.from()));
                insert.setTimestamp(6, Gaps.seconds(f.to()));
                insert.setInt(7, f.count());
                insert.setString(8, f.detail());
                insert.setLong(9, file);
                insert.setTimestamp(10, Timestamp.from(now));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private void done(Connection db, long file) throws SQLException {
        try (PreparedStatement update =
                db.prepareStatement("UPDATE file_journal SET validated_at = ? WHERE file_id = ?")) {
            update.setTimestamp(1, Timestamp.from(clock.instant()));
            update.setLong(2, file);
            update.executeUpdate();
        }
    }
}
