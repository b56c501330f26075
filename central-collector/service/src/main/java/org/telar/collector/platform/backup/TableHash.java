package org.telar.collector.platform.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What one table held: number of rows and a sum over a hash of each, whatever their order.
 *
 * @param table database, a dot, the table's name
 * @param hash decimal number
 */
public record TableHash(String table, long rows, String hash) {

    /** Tables of the schema public, the whole of a partitioned one counting as one. */
    static List<String> tables(Connection db) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT c.oid::regclass::text FROM pg_class c"
                        + " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
                        + " AND NOT c.relispartition ORDER BY 1")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    /** Reads the tables as the session's transaction sees them. */
    static List<TableHash> of(Connection db, String database, List<String> tables) throws SQLException {
        List<TableHash> hashes = new ArrayList<>();
        try (Statement s = db.createStatement()) {
            for (String table : tables) {
                try (ResultSet row = s.executeQuery(
                        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM " + table
                                + " t")) {
                    row.next();
                    hashes.add(new TableHash(database + "." + table, row.getLong(1), row.getString(2)));
                }
            }
        }
        return hashes;
    }
}
