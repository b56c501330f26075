package org.telar.harness;

import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Writes what the Legacy Integration Database holds in the form of the simulator's ledger: same order, same format. */
public final class LegacyExport {
    private static final int FETCH = 20_000;

    private LegacyExport() {}

    /** Profile values with an interval end after {@code after}. @return number of rows */
    public static long profile(Connection legacy, Instant after, Path file) throws SQLException, IOException {
        String query =
                "SELECT meter, channel, interval_end_utc, value, quality FROM lp_sample WHERE interval_end_utc > ?"
                        + " ORDER BY meter COLLATE \"C\", channel COLLATE \"C\", interval_end_utc";
        return write(legacy, query, after, file, "meter,channel,interval_end_utc,value,quality");
    }

    /** Daily closings with a stamp after {@code after}. @return number of rows */
    public static long closings(Connection legacy, Instant after, Path file) throws SQLException, IOException {
        String query = "SELECT meter, channel, stamp_utc, value, occurred_at_utc, quality FROM register_sample"
                + " WHERE stamp_utc > ? AND kind = 'daily' ORDER BY meter COLLATE \"C\", channel COLLATE \"C\", stamp_utc";
        return write(legacy, query, after, file, "meter,channel,stamp_utc,value,occurred_at_utc,quality");
    }

    private static long write(Connection legacy, String query, Instant after, Path file, String header)
            throws SQLException, IOException {
        // A cursor needs an open transaction.
        legacy.setAutoCommit(false);
        long rows = 0;
        try (PreparedStatement select = legacy.prepareStatement(query);
                BufferedWriter out = Files.newBufferedWriter(file)) {
            select.setFetchSize(FETCH);
            select.setTimestamp(1, Timestamp.from(after));
            out.write(header);
            out.write('\n');
            try (ResultSet r = select.executeQuery()) {
                int columns = r.getMetaData().getColumnCount();
                while (r.next()) {
                    for (int i = 1; i <= columns; i++) {
                        out.write(i == 1 ? "" : ",");
                        out.write(text(r.getObject(i)));
                    }
                    out.write('\n');
                    rows++;
                }
            }
        } finally {
            legacy.rollback();
            legacy.setAutoCommit(true);
        }
        return rows;
    }

    public static long countProfile(Connection legacy, Instant after) throws SQLException {
        return count(legacy, "SELECT count(*) FROM lp_sample WHERE interval_end_utc > ?", after);
    }

    public static long countClosings(Connection legacy, Instant after) throws SQLException {
        return count(legacy, "SELECT count(*) FROM register_sample WHERE stamp_utc > ? AND kind = 'daily'", after);
    }

    private static long count(Connection legacy, String query, Instant after) throws SQLException {
        try (PreparedStatement select = legacy.prepareStatement(query)) {
            select.setTimestamp(1, Timestamp.from(after));
            try (ResultSet r = select.executeQuery()) {
                r.next();
                return r.getLong(1);
            }
        }
    }

    /** Names of the files that were loaded. */
    public static Set<String> loadedFiles(Connection legacy) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement s = legacy.createStatement();
                ResultSet r = s.executeQuery("SELECT name FROM file_journal WHERE state = 'LOADED'")) {
            while (r.next()) {
                names.add(r.getString(1));
            }
        }
        return names;
    }

    /** Numbers plain and without trailing zeros, times in UTC, nothing for null. */
    private static String text(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof BigDecimal n) {
            return n.signum() == 0 ? "0" : n.stripTrailingZeros().toPlainString();
        }
        return value instanceof Timestamp t ? t.toInstant().toString() : value.toString();
    }

    public static String tables(Connection c) throws SQLException {
        try (Statement s = c.createStatement();
                ResultSet r = s.executeQuery("SELECT string_agg(table_name, ', ' ORDER BY table_name)"
                        + " FROM information_schema.tables WHERE table_schema = 'public'")) {
            r.next();
            return r.getString(1);
        }
    }
}
