package org.telar.collector.integration.loader;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

import org.telar.collector.integration.cim.MeterReading;

/** Blocks that cannot be taken, each with a row of its own, while the rest of the file is loaded (D9). Not thread-safe. */
final class BlockQuarantine {
    private static final int MAX_TEXT = 256;

    private final Connection db;
    private final Tally tally;
    private final long fileId;
    private final Instant now;

    BlockQuarantine(Connection db, Tally tally, long fileId, Instant now) {
        this.db = db;
        this.tally = tally;
        this.fileId = fileId;
        this.now = now;
    }

    /** What names a block, and why it is here. */
    private record Row(
            String meter,
            String mrid,
            String type,
            String kind,
            String sent,
            long readAt,
            String code,
            String reason) {}

    void keep(String meter, String mrid, MeterReading.Block block, String code, String reason) throws SQLException {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < block.size(); i++) {
            String value = block.unscaled(i) == MeterReading.Block.NO_VALUE
                    ? ""
                    : java.math.BigDecimal.valueOf(block.unscaled(i), -block.exponent(i))
                            .toPlainString();
            line(content, block.end(i), value, block.quality(i).codes(), block.offGrid(i) ? BlockReplay.OFF_GRID : "");
        }
        insert(
                new Row(meter, mrid, block.readingType(), BlockReplay.INTERVALS, "", block.readAt(), code, reason),
                content,
                block.size());
    }

    void keep(String meter, String mrid, MeterReading.Register r, String code, String reason) throws SQLException {
        StringBuilder content = new StringBuilder();
        String value = r.value().map(v -> v.toBigDecimal().toPlainString()).orElse("");
        String end = r.periodEnd().map(e -> Instant.ofEpochSecond(e).toString()).orElse("");
        line(content, r.at(), value, r.quality().codes(), end);
        insert(
                new Row(meter, mrid, r.readingType(), BlockReplay.REGISTER, r.reason(), r.readAt(), code, reason),
                content,
                1);
    }

    private static void line(StringBuilder content, long at, String value, String codes, String rest) {
        String time = at == Long.MIN_VALUE ? "" : Instant.ofEpochSecond(at).toString();
        content.append(time).append(';').append(value).append(';').append(codes);
        content.append(';').append(rest).append('\n');
    }

    private void insert(Row row, CharSequence content, int values) throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO file_block (file_id, meter_no, mrid, reading_type, kind, reason_sent, read_at, code,"
                        + " reason, content, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, fileId);
            insert.setString(2, shown(row.meter()));
            insert.setString(3, shown(row.mrid()));
            insert.setString(4, shown(row.type()));
            insert.setString(5, row.kind());
            insert.setString(6, shown(row.sent()));
            insert.setTimestamp(7, row.readAt() == MeterReading.Block.UNKNOWN ? null : History.time(row.readAt()));
            insert.setString(8, row.code());
            insert.setString(9, shown(row.reason()));
            insert.setString(10, content.toString());
            insert.setTimestamp(11, Timestamp.from(now));
            insert.executeUpdate();
        }
        tally.blocks++;
        tally.quarantined += values;
        if (tally.firstFault.isEmpty()) {
            tally.firstFault = row.code() + " meter " + shown(row.meter()) + ": " + shown(row.reason());
        }
    }

    static String shown(String text) {
        String safe = text.replace('\0', ' ');
        return safe.length() > MAX_TEXT ? safe.substring(0, MAX_TEXT) : safe;
    }
}
