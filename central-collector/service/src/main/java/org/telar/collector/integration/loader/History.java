package org.telar.collector.integration.loader;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Collects the losers of conflicts and writes them with the batch they belong to. Not thread-safe. */
final class History {
    private final List<Entry> entries = new ArrayList<>();

    /** @param occurredAt UTC second, or {@link Slots#ABSENT} */
    record Entry(
            int meter,
            short type,
            long at,
            String kind,
            BigDecimal value,
            long occurredAt,
            short quality,
            long readAt,
            boolean replaced) {}

    void add(Entry entry) {
        entries.add(entry);
    }

    Merge.Losers of(DayKey key, Slots slots) {
        return (slot, unscaled, scaler, quality, readAt, replaced) -> add(new Entry(
                key.meter(),
                key.type(),
                slots.end(slot),
                "profile",
                BigDecimal.valueOf(unscaled, -scaler),
                Slots.ABSENT,
                quality,
                readAt,
                replaced));
    }

    void flush(Connection db, long fileId, Instant now) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO reading_history (meter_id, rt_id, ts, kind, value, occurred_at, q_id, read_at, file_id,"
                        + " reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Entry e : entries) {
                insert.setInt(1, e.meter());
                insert.setShort(2, e.type());
                insert.setTimestamp(3, time(e.at()));
                insert.setString(4, e.kind());
                insert.setBigDecimal(5, e.value());
                insert.setTimestamp(6, e.occurredAt() == Slots.ABSENT ? null : time(e.occurredAt()));
                insert.setShort(7, e.quality());
                insert.setTimestamp(8, time(e.readAt()));
                insert.setLong(9, fileId);
                insert.setString(10, e.replaced() ? "REPLACED" : "REFUSED");
                insert.setTimestamp(11, Timestamp.from(now));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        entries.clear();
    }

    static Timestamp time(long epochSecond) {
        return Timestamp.from(Instant.ofEpochSecond(epochSecond));
    }
}
