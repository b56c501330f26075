package org.telar.collector.validation;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Profile against closings: for each complete day, the increments must add up to the difference of the closings at its
 * two ends, and a captured register must end where the closing is. Looks at the days that one file touched, whichever
 * of profile and closings came last. A closing that went back is told instead.
 */
final class SumCheck {
    private static final String QUERY = """
            WITH touched AS (
                SELECT meter_id, day FROM lp_day WHERE file_id = ?
                UNION
                SELECT r.meter_id, d.day FROM register_reading r JOIN meter m USING (meter_id)
                CROSS JOIN LATERAL (VALUES ((r.read_ts AT TIME ZONE m.tz)::date - 1),
                                           ((r.read_ts AT TIME ZONE m.tz)::date)) d(day)
                WHERE r.file_id = ? AND r.kind = 'daily'),
            ends AS (
                SELECT t.meter_id, t.day, t.day::timestamp AT TIME ZONE m.tz AS opens,
                       (t.day + 1)::timestamp AT TIME ZONE m.tz AS closes
                FROM touched t JOIN meter m USING (meter_id))
            SELECT d.day - DATE '1970-01-01', d.meter_id, d.rt_id, extract(epoch FROM e.opens)::bigint,
                   extract(epoch FROM e.closes)::bigint, d.n_present, t.kind = 'register',
                   CASE WHEN t.kind = 'register'
                        THEN scaled(coalesce(d.base + d.vals[d.n_expected], d.wide[d.n_expected]), d.scaler)
                        ELSE scaled((coalesce((SELECT sum(v) FROM unnest(d.vals) v), 0)
                             + d.base * (SELECT count(v) FROM unnest(d.vals) v)
                             + coalesce((SELECT sum(w) FROM unnest(d.wide) w), 0))::bigint, d.scaler) END,
                   c0.value, c1.value, greatest(d.scaler, 0, -scale(trim_scale(c1.value)))
            FROM ends e
            JOIN lp_day d ON d.day = e.day AND d.meter_id = e.meter_id AND d.n_present = d.n_expected
            JOIN reading_type t ON t.rt_id = d.rt_id
            JOIN register_reading c1 ON c1.read_ts = e.closes AND c1.meter_id = e.meter_id AND c1.kind = 'daily'
            JOIN reading_type ct ON ct.rt_id = c1.rt_id AND ct.unit = t.unit
                AND ct.obis = regexp_replace(t.obis, '^(\\d+\\.\\d+\\.\\d+)\\.29\\.', '\\1.8.')
            JOIN register_reading c0 ON c0.read_ts = e.opens AND c0.meter_id = e.meter_id AND c0.rt_id = c1.rt_id
                AND c0.kind = 'daily'
            """;

    private final ValidationSettings settings;

    SumCheck(ValidationSettings settings) {
        this.settings = settings;
    }

    /** What was compared, and what was found. */
    record Result(List<Compared> compared, List<Flag> flags) {}

    /** A channel's day whose sum is settled by this file. */
    record Compared(int day, int meter, short type) {}

    Result check(Connection db, long fileId) throws SQLException {
        Result result = new Result(new ArrayList<>(), new ArrayList<>());
        try (PreparedStatement query = db.prepareStatement(QUERY)) {
            query.setLong(1, fileId);
            query.setLong(2, fileId);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    result.compared().add(new Compared(row.getInt(1), row.getInt(2), row.getShort(3)));
                    judge(row, result.flags());
                }
            }
        }
        return result;
    }

    private void judge(ResultSet row, List<Flag> flags) throws SQLException {
        BigDecimal held = row.getBigDecimal(8);
        BigDecimal opened = row.getBigDecimal(9);
        BigDecimal closed = row.getBigDecimal(10);
        BigDecimal coarse = coarse(opened, closed);
        BigDecimal unit = BigDecimal.ONE.scaleByPowerOfTen(row.getInt(11));
        if (row.getBoolean(7)) {
            if (held.subtract(closed).abs().compareTo(unit.max(coarse)) > 0) {
                flags.add(flag(
                        row, Rule.SUM, "the profile ends at " + plain(held) + ", the closing is " + plain(closed)));
            }
            return;
        }
        BigDecimal difference = closed.subtract(opened);
        if (difference.signum() < 0) {
            flags.add(flag(row, Rule.NEGATIVE, "the closing went back from " + plain(opened) + " to " + plain(closed)));
            return;
        }
        BigDecimal allowed = unit.multiply(BigDecimal.valueOf(settings.sumUnits()))
                .add(coarse)
                .max(difference.multiply(BigDecimal.valueOf(settings.sumShare())));
        if (held.subtract(difference).abs().compareTo(allowed) > 0) {
            flags.add(flag(
                    row,
                    Rule.SUM,
                    "increments add up to " + plain(held) + ", the closings differ by " + plain(difference)));
        }
    }

    /** Closings in whole kilowatt hours beside a profile in watt hours. */
    private static BigDecimal coarse(BigDecimal opened, BigDecimal closed) {
        BigDecimal kilo = BigDecimal.valueOf(1000);
        boolean whole =
                opened.remainder(kilo).signum() == 0 && closed.remainder(kilo).signum() == 0;
        return whole && closed.signum() != 0 ? kilo : BigDecimal.ZERO;
    }

    private static Flag flag(ResultSet row, Rule rule, String detail) throws SQLException {
        return new Flag(
                row.getInt(1),
                row.getInt(2),
                row.getShort(3),
                rule,
                row.getLong(4),
                row.getLong(5),
                row.getInt(6),
                detail);
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
