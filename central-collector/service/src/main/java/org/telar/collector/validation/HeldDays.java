package org.telar.collector.validation;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;

/** Reads packed rows of {@code lp_day}. */
final class HeldDays {
    /** Columns that {@link #of} reads, of {@code lp_day d} and {@code reading_type t}. */
    static final String COLUMNS = "d.day - DATE '1970-01-01', d.meter_id, d.rt_id, extract(epoch FROM d.t0)::bigint,"
            + " d.step_s, d.scaler, d.base, d.vals, d.wide, d.q, extract(epoch FROM d.read_at)::bigint,"
            + " t.kind = 'register', t.obis";

    private static final String VALID = "1.0.0";

    private HeldDays() {}

    /** @param qualities codes of each quality set's id */
    static HeldDay of(ResultSet row, Map<Integer, String> qualities) throws SQLException {
        Object[] narrow = array(row.getArray(8));
        Object[] wide = array(row.getArray(9));
        Object[] q = array(row.getArray(10));
        long base = row.getLong(7);
        long[] values = new long[narrow.length];
        String[] quality = new String[narrow.length];
        for (int i = 0; i < values.length; i++) {
            Number big = wide.length == 0 ? null : (Number) wide[i];
            values[i] = narrow[i] != null
                    ? base + ((Number) narrow[i]).longValue()
                    : big != null ? big.longValue() : HeldDay.ABSENT;
            Number id = q.length == 0 ? null : (Number) q[i];
            quality[i] = id != null ? qualities.getOrDefault(id.intValue(), "") : "";
            if (quality[i].isEmpty() && values[i] != HeldDay.ABSENT) {
                quality[i] = VALID;
            }
        }
        return new HeldDay(
                row.getInt(1),
                row.getInt(2),
                row.getShort(3),
                row.getLong(4),
                row.getInt(5),
                row.getInt(6),
                values,
                quality,
                row.getLong(11),
                row.getBoolean(12),
                importing(row.getString(13)));
    }

    private static boolean importing(String obis) {
        String[] parts = obis.split("\\.");
        return parts.length > 2 && parts[0].equals("1") && parts[2].equals("1");
    }

    private static Object[] array(Array array) throws SQLException {
        if (array == null) {
            return new Object[0];
        }
        Object content = array.getArray();
        return content instanceof Object[] boxed ? boxed : Arrays.copyOf(new Object[0], 0);
    }
}
