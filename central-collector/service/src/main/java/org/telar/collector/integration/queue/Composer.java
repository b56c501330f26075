package org.telar.collector.integration.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.DataType;
import org.telar.collector.integration.MeterDirectory;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;

/**
 * Turns pending work into messages: one data type, one gateway and one order or run each, cut at 500 meters, when the
 * run has ended or the work is 15 minutes old; backlog outside a run goes under a catch-up id (D10). Consuming the work
 * and fixing the final bytes is one transaction (D11). Memory: one message's compressed bytes. Several composers may run
 * on one database. Thread-safe.
 */
public final class Composer {
    private static final Logger LOG = LoggerFactory.getLogger(Composer.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String WHERE = " FROM pending_work WHERE gateway = ? AND work_group = ? AND data_type = ?";

    private final DataSource smmc;
    private final ComposerSettings settings;
    private final ReadingTypes types;
    private final Qualities qualities;
    private final MeterDirectory meters;
    private final Clock clock;
    private final Arrows arrows;

    /** Work that may be sent now. */
    record Ready(String gateway, String group, DataType type) {}

    public Composer(
            DataSource smmc,
            ComposerSettings settings,
            ReadingTypes types,
            Qualities qualities,
            MeterDirectory meters,
            Clock clock,
            Arrows arrows) {
        this.smmc = smmc;
        this.settings = settings;
        this.types = types;
        this.qualities = qualities;
        this.meters = meters;
        this.clock = clock;
        this.arrows = arrows;
    }

    /**
     * Composes all that is ready.
     *
     * @return number of messages put into the outbox
     */
    public int compose() throws SQLException {
        int messages = 0;
        for (Ready ready : ready()) {
            messages += compose(ready);
        }
        return messages;
    }

    /** Gives what could not be written another chance, as after a corrected table. */
    public int retryUnsendable() throws SQLException {
        try (Connection db = smmc.getConnection();
                PreparedStatement move = db.prepareStatement("WITH moved AS (DELETE FROM cim_unsendable RETURNING *)"
                        + " INSERT INTO pending_work (gateway, work_group, data_type, meter, poll, added_at)"
                        + " SELECT gateway, work_group, data_type, meter, poll, at FROM moved ORDER BY id")) {
            return move.executeUpdate();
        }
    }

    private List<Ready> ready() throws SQLException {
        List<Ready> ready = new ArrayList<>();
        try (Connection db = smmc.getConnection();
                PreparedStatement query =
                        db.prepareStatement("SELECT p.gateway, p.work_group, p.data_type FROM pending_work p"
                                + " LEFT JOIN ended_group e USING (work_group) GROUP BY 1, 2, 3"
                                + " HAVING min(p.added_at) <= ? OR max(e.ended_at) IS NOT NULL"
                                + " ORDER BY min(p.id)")) {
            query.setTimestamp(1, Timestamp.from(clock.instant().minus(settings.patience())));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ready.add(new Ready(rows.getString(1), rows.getString(2), DataType.valueOf(rows.getString(3))));
                }
            }
        }
        return ready;
    }

    /** REPEATABLE READ: what comes in meanwhile is neither written nor consumed. */
    private int compose(Ready ready) throws SQLException {
        try (Connection db = smmc.getConnection()) {
            db.setAutoCommit(false);
            db.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                int messages = lock(db, ready) ? write(db, ready) : 0;
                arrows.passed(Arrows.Arrow.COMPOSED);
                db.commit();
                return messages;
            } catch (SQLException e) {
                db.rollback();
                if (SERIALIZATION_FAILURE.equals(e.getSQLState())) {
                    return 0; // another composer was quicker
                }
                throw e;
            } catch (RuntimeException | Error e) {
                db.rollback();
                throw e;
            } finally {
                db.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                db.setAutoCommit(true);
            }
        }
    }

    private static boolean lock(Connection db, Ready ready) throws SQLException {
        try (PreparedStatement lock =
                db.prepareStatement("SELECT pg_try_advisory_xact_lock(hashtextextended('compose ' || ?, 0))")) {
            lock.setString(1, ready.toString());
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private int write(Connection db, Ready ready) throws SQLException {
        List<Integer> chunks = chunks(db, ready);
        if (chunks.isEmpty()) {
            return 0;
        }
        Instant now = clock.instant();
        String correlation =
                ready.group().isEmpty() ? "catchup-" + ready.gateway() + "-" + STAMP.format(now) : ready.group();
        MessageBatch batch = new MessageBatch(db, ready, correlation, chunks, now, settings, types, qualities, meters);
        try (PreparedStatement query =
                query(db, "SELECT meter, poll" + WHERE + " ORDER BY meter COLLATE \"C\", id", ready)) {
            query.setFetchSize(100);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    batch.add(rows.getString(1), rows.getBytes(2));
                }
            }
        }
        int messages = batch.finish();
        try (PreparedStatement delete = query(db, "DELETE" + WHERE, ready)) {
            delete.executeUpdate();
        }
        LOG.info("{} of {} under {}: {} message(s)", ready.type(), ready.gateway(), correlation, messages);
        return messages;
    }

    /** Number of meters of each message, so that n/N is known before the first is written. */
    private List<Integer> chunks(Connection db, Ready ready) throws SQLException {
        List<Integer> chunks = new ArrayList<>();
        int inChunk = 0;
        long bytes = 0;
        try (PreparedStatement query = query(
                        db,
                        "SELECT sum(length(poll))" + WHERE + " GROUP BY meter ORDER BY meter COLLATE \"C\"",
                        ready);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                long more = rows.getLong(1);
                if (inChunk == settings.meters() || inChunk > 0 && bytes + more > settings.pollBytes()) {
                    chunks.add(inChunk);
                    inChunk = 0;
                    bytes = 0;
                }
                inChunk++;
                bytes += more;
            }
        }
        if (inChunk > 0) {
            chunks.add(inChunk);
        }
        return chunks;
    }

    private static PreparedStatement query(Connection db, String sql, Ready ready) throws SQLException {
        PreparedStatement query = db.prepareStatement(sql);
        query.setString(1, ready.gateway());
        query.setString(2, ready.group());
        query.setString(3, ready.type().name());
        return query;
    }
}
