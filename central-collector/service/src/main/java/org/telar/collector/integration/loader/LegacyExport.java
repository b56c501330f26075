package org.telar.collector.integration.loader;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;

import org.postgresql.PGConnection;

/**
 * Writes what the Legacy holds as CSV, straight from its views and as a stream: the counterpart of a meter ledger.
 * Sorted by meter, channel and time as texts. Thread-safe.
 */
public final class LegacyExport {
    private static final String UTC = "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    private static final String ORDER = " ORDER BY meter COLLATE \"C\", channel COLLATE \"C\", %s";

    private final DataSource legacy;

    public LegacyExport(DataSource legacy) {
        this.legacy = legacy;
    }

    /**
     * {@code meter,channel,interval_end_utc,value,quality}: values in Wh or varh.
     *
     * @param from exclusive
     * @param to inclusive
     * @return number of rows
     */
    public long samples(Instant from, Instant to, OutputStream out) throws SQLException, IOException {
        String time = String.format(UTC, "interval_end_utc");
        return copy(
                "SELECT meter, channel, " + time + " AS interval_end_utc, value, quality FROM lp_sample"
                        + between("interval_end_utc", from, to) + String.format(ORDER, "interval_end_utc"),
                out);
    }

    /**
     * {@code meter,channel,stamp_utc,value,occurred_at_utc,quality} of the daily closings.
     *
     * @param from exclusive
     * @param to inclusive
     * @return number of rows
     */
    public long closings(Instant from, Instant to, OutputStream out) throws SQLException, IOException {
        return copy(
                "SELECT meter, channel, " + String.format(UTC, "stamp_utc") + " AS stamp_utc, value, "
                        + String.format(UTC, "occurred_at_utc") + " AS occurred_at_utc, quality FROM register_sample"
                        + between("stamp_utc", from, to) + " AND kind = 'daily'" + String.format(ORDER, "stamp_utc"),
                out);
    }

    /** The texts are the clock's own: nothing of a user stands in the statement. */
    private static String between(String column, Instant from, Instant to) {
        return " WHERE " + column + " > timestamptz '" + from + "' AND " + column + " <= timestamptz '" + to + "'";
    }

    private long copy(String query, OutputStream out) throws SQLException, IOException {
        try (Connection db = legacy.getConnection()) {
            return db.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (" + query + ") TO STDOUT (FORMAT csv, HEADER)", out);
        }
    }
}
