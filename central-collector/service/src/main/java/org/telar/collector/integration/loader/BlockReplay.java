package org.telar.collector.integration.loader;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.Decimal;
import org.telar.collector.integration.cim.MeterReading;
import org.telar.collector.integration.cim.MeterReading.Block;
import org.telar.collector.integration.cim.MeterReading.Register;
import org.telar.collector.integration.cim.Quality;
import org.telar.collector.integration.cim.ReadingTypes;

/**
 * Loads a quarantined block after its cause is gone: a corrected table, a meter that is accepted (D9). Same rules, same
 * transaction of data and journal as for a file; a block is taken once. Thread-safe.
 */
public final class BlockReplay {
    static final String INTERVALS = "INTERVALS";
    static final String REGISTER = "REGISTER";
    static final String OFF_GRID = "off-grid";

    private final DataSource legacy;
    private final ReadingTypes types;
    private final LoaderSettings settings;
    private final Clock clock;

    public BlockReplay(DataSource legacy, ReadingTypes types, LoaderSettings settings, Clock clock) {
        this.legacy = legacy;
        this.types = types;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Tries one block.
     *
     * @return LOADED; KNOWN when it was loaded before or does not exist; REJECTED with the reason that still holds
     */
    public Outcome replay(long blockId) throws SQLException {
        try (Connection db = legacy.getConnection()) {
            db.setAutoCommit(false);
            try {
                Outcome outcome = replay(db, blockId);
                if (outcome.state() == Outcome.State.LOADED) {
                    db.commit();
                } else {
                    db.rollback();
                }
                return outcome;
            } catch (Dictionary.Wrapped e) {
                db.rollback();
                throw e.fault();
            } catch (SQLException | RuntimeException e) {
                db.rollback();
                throw e;
            } finally {
                db.setAutoCommit(true);
            }
        }
    }

    private Outcome replay(Connection db, long blockId) throws SQLException {
        try (PreparedStatement query = db.prepareStatement(
                "SELECT file_id, meter_no, mrid, reading_type, kind, reason_sent, extract(epoch FROM read_at)::bigint,"
                        + " content FROM file_block WHERE block_id = ? AND replayed_at IS NULL FOR UPDATE")) {
            query.setLong(1, blockId);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? replay(db, blockId, row) : Outcome.of(Outcome.State.KNOWN);
            }
        }
    }

    private Outcome replay(Connection db, long blockId, ResultSet row) throws SQLException {
        long fileId = row.getLong(1);
        MeterReading reading;
        try {
            reading = reading(row);
        } catch (RuntimeException e) {
            return new Outcome(Outcome.State.REJECTED, CimException.SCHEMA, "the kept content cannot be read: " + e);
        }
        FileLoad load = new FileLoad(db, fileId, clock.instant(), types, settings, id -> false);
        Tally tally = load.replay(reading);
        if (tally.blocks > 0) {
            return new Outcome(Outcome.State.REJECTED, CimException.READING_TYPE, tally.firstFault);
        }
        done(db, blockId, clock.instant());
        count(db, fileId, tally);
        return Outcome.of(Outcome.State.LOADED);
    }

    private static MeterReading reading(ResultSet row) throws SQLException {
        long given = row.getLong(7);
        long readAt = row.wasNull() ? Block.UNKNOWN : given;
        List<String> lines = row.getString(8).lines().toList();
        String type = row.getString(4);
        if (row.getString(5).equals(REGISTER)) {
            Register register = register(type, row.getString(6), readAt, lines.get(0));
            return new MeterReading(row.getString(2), row.getString(3), List.of(), List.of(register));
        }
        Block block = Block.empty(type, readAt);
        for (String line : lines) {
            String[] f = line.split(";", -1);
            Optional<Decimal> value = decimal(f[1]);
            block.add(
                    Instant.parse(f[0]).getEpochSecond(),
                    value.map(Decimal::unscaled).orElse(Block.NO_VALUE),
                    value.map(Decimal::exponent).orElse(0),
                    Quality.parse(f[2]),
                    f[3].equals(OFF_GRID));
        }
        return new MeterReading(row.getString(2), row.getString(3), List.of(block), List.of());
    }

    private static Register register(String type, String reason, long readAt, String line) {
        String[] f = line.split(";", -1);
        Optional<Long> end = f[3].isEmpty()
                ? Optional.empty()
                : Optional.of(Instant.parse(f[3]).getEpochSecond());
        return new Register(
                type,
                reason,
                Instant.parse(f[0]).getEpochSecond(),
                end,
                decimal(f[1]),
                Quality.parse(f[2]),
                readAt,
                Optional.empty());
    }

    private static Optional<Decimal> decimal(String text) {
        return text.isEmpty() ? Optional.empty() : Decimal.parse(text.toCharArray(), text.length());
    }

    private static void done(Connection db, long blockId, Instant now) throws SQLException {
        try (PreparedStatement update =
                db.prepareStatement("UPDATE file_block SET replayed_at = ? WHERE block_id = ?")) {
            update.setTimestamp(1, Timestamp.from(now));
            update.setLong(2, blockId);
            update.executeUpdate();
        }
    }

    private static void count(Connection db, long fileId, Tally tally) throws SQLException {
        try (PreparedStatement update =
                db.prepareStatement("UPDATE file_journal SET n_loaded = n_loaded + ?, n_duplicates = n_duplicates + ?,"
                        + " n_conflicts = n_conflicts + ?, n_missing = n_missing + ?,"
                        + " n_quarantined = greatest(0, n_quarantined - ?),"
                        + " quarantined_blocks = quarantined_blocks - 1,"
                        + " validated_at = NULL,"
                        + " warn = quarantined_blocks > 1 OR n_conflicts + ? > 0 WHERE file_id = ?")) {
            update.setLong(1, tally.loaded);
            update.setLong(2, tally.duplicates);
            update.setLong(3, tally.conflicts);
            update.setLong(4, tally.missing);
            update.setLong(5, tally.values + tally.missing);
            update.setLong(6, tally.conflicts);
            update.setLong(7, fileId);
            update.executeUpdate();
        }
    }
}
