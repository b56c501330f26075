package org.telar.collector.backup;

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

    /**
     * Tables of all schemas but the server's own, the whole of a partitioned one counting as one. Unlogged ones are
     * empty after a recovery, by their nature.
     */
    static List<String> tables(Connection db) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement s = db.createStatement();
                ResultSet row = s.executeQuery("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
                        + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%'"
                        + " AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p')"
                        + " AND c.relpersistence = 'p' AND NOT c.relispartition ORDER BY 1")) {
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
                    hashes.add(new TableHash(
                            database + "." + table.replaceFirst("^public\\.", ""), row.getLong(1), row.getString(2)));
                }
            }
        }
        return hashes;
    }
}
