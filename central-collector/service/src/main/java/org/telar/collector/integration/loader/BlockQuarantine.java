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

    void keep(String meter, MeterReading.Block block, String code, String reason) throws SQLException {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < block.size(); i++) {
            String value = block.unscaled(i) == MeterReading.Block.NO_VALUE
                    ? ""
                    : java.math.BigDecimal.valueOf(block.unscaled(i), -block.exponent(i))
                            .toPlainString();
            line(content, block.end(i), value, block.quality(i).codes());
        }
        insert(meter, block.readingType(), "INTERVALS", code, reason, content, block.size());
    }

    void keep(String meter, MeterReading.Register register, String code, String reason) throws SQLException {
        StringBuilder content = new StringBuilder();
        String value =
                register.value().map(v -> v.toBigDecimal().toPlainString()).orElse("");
        line(content, register.at(), value, register.quality().codes());
        insert(meter, register.readingType(), "REGISTER", code, reason, content, 1);
    }

    private static void line(StringBuilder content, long at, String value, String codes) {
        String time = at == Long.MIN_VALUE ? "" : Instant.ofEpochSecond(at).toString();
        content.append(time).append(';').append(value).append(';').append(codes).append('\n');
    }

    private void insert(
            String meter, String type, String kind, String code, String reason, CharSequence content, int values)
            throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(
                "INSERT INTO file_block (file_id, meter_no, reading_type, kind, code, reason, content, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, fileId);
            insert.setString(2, shown(meter));
            insert.setString(3, shown(type));
            insert.setString(4, kind);
            insert.setString(5, code);
            insert.setString(6, shown(reason));
            insert.setString(7, content.toString());
            insert.setTimestamp(8, Timestamp.from(now));
            insert.executeUpdate();
        }
        tally.blocks++;
        tally.quarantined += values;
        if (tally.firstFault.isEmpty()) {
            tally.firstFault = code + " meter " + shown(meter) + ": " + shown(reason);
        }
    }

    static String shown(String text) {
        String safe = text.replace('\0', ' ');
        return safe.length() > MAX_TEXT ? safe.substring(0, MAX_TEXT) : safe;
    }
}
