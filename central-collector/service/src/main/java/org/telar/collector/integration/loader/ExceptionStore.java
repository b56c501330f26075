package org.telar.collector.integration.loader;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows off the grid and second ones in their slot (D4): each is kept with its own time; one that is there already, with
 * the same value and quality, is a duplicate. Several alike at one time are told apart by their number. Not thread-safe.
 */
final class ExceptionStore {
    private final Connection db;
    private final Tally tally;
    private final long fileId;
    private final Instant now;

    /** @param at UTC second */
    record Row(long at, BigDecimal value, short quality, long readAt) {}

    private record Held(BigDecimal value, short quality) {
        boolean same(Row row) {
            return value.compareTo(row.value) == 0 && quality == row.quality;
        }
    }

    ExceptionStore(Connection db, Tally tally, long fileId, Instant now) {
        this.db = db;
        this.tally = tally;
        this.fileId = fileId;
        this.now = now;
    }

    /** Writes the rows of one block. */
    void write(int meter, short type, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        Map<Long, List<Held>> unmatched = new HashMap<>();
        Map<Long, Integer> highest = new HashMap<>();
        held(meter, type, rows, unmatched, highest);
        try (PreparedStatement insert =
                db.prepareStatement("INSERT INTO lp_exception (meter_id, rt_id, ts, occurrence, value, q_id, read_at,"
                        + " file_id, loaded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Row row : rows) {
                List<Held> there = unmatched.getOrDefault(row.at(), new ArrayList<>());
                int same = indexOf(there, row);
                if (same >= 0) {
                    there.remove(same);
                    tally.duplicates++;
                    continue;
                }
                int occurrence = highest.merge(row.at(), 1, Integer::sum);
                insert.setInt(1, meter);
                insert.setShort(2, type);
                insert.setTimestamp(3, History.time(row.at()));
                insert.setInt(4, occurrence);
                insert.setBigDecimal(5, row.value());
                insert.setShort(6, row.quality());
                insert.setTimestamp(7, History.time(row.readAt()));
                insert.setLong(8, fileId);
                insert.setTimestamp(9, Timestamp.from(now));
                insert.addBatch();
                tally.loaded++;
            }
            insert.executeBatch();
        }
    }

    private static int indexOf(List<Held> there, Row row) {
        for (int i = 0; i < there.size(); i++) {
            if (there.get(i).same(row)) {
                return i;
            }
        }
        return -1;
    }

    private void held(
            int meter, short type, List<Row> rows, Map<Long, List<Held>> unmatched, Map<Long, Integer> highest)
            throws SQLException {
        try (PreparedStatement query = db.prepareStatement(
                "SELECT extract(epoch FROM ts)::bigint, value, q_id, occurrence FROM lp_exception WHERE meter_id = ?"
                        + " AND rt_id = ? AND ts BETWEEN ? AND ? ORDER BY ts, occurrence")) {
            query.setInt(1, meter);
            query.setShort(2, type);
            query.setTimestamp(
                    3, History.time(rows.stream().mapToLong(Row::at).min().orElseThrow()));
            query.setTimestamp(
                    4, History.time(rows.stream().mapToLong(Row::at).max().orElseThrow()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    unmatched
                            .computeIfAbsent(row.getLong(1), at -> new ArrayList<>())
                            .add(new Held(row.getBigDecimal(2), row.getShort(3)));
                    highest.put(row.getLong(1), row.getInt(4));
                }
            }
        }
    }
}
