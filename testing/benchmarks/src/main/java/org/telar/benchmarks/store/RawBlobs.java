package org.telar.benchmarks.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.telar.api.model.Poll;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.store.sqlite.internal.SqliteStore;

/** The very blobs that the product's store writes, ready-made, through plain JDBC: what SQLite itself costs. */
final class RawBlobs implements Contender {
    private final List<Blobs> blobs;
    private final Connection connection;
    private final PreparedStatement block;
    private final PreparedStatement outbox;

    /**
     * What one meter-day puts on disk.
     *
     * @param rows packed rows, new or replaced
     * @param payload of its outbox entry
     */
    record Blobs(List<Row> rows, byte[] payload) {}

    record Row(long id, byte[] spans, byte[] body) {}

    /** Lets the product write each poll and looks what came of it. */
    static List<Blobs> recorded(Path folder, Path nativeLibrary, List<Poll> polls)
            throws IOException, SQLException, StoreException {
        List<Blobs> recorded = new ArrayList<>();
        try (SqliteStore store = Telar.open(folder, nativeLibrary);
                Connection look = Sqlite.open(folder.resolve("store.db"));
                PreparedStatement rows =
                        look.prepareStatement("SELECT id, spans, body FROM block WHERE last_sequence = ?");
                PreparedStatement payload = look.prepareStatement("SELECT payload FROM outbox WHERE sequence = ?")) {
            for (Poll poll : polls) {
                long sequence = store.commit(poll, Lane.LIVE);
                rows.setLong(1, sequence);
                List<Row> found = new ArrayList<>();
                try (ResultSet r = rows.executeQuery()) {
                    while (r.next()) {
                        found.add(new Row(r.getLong(1), r.getBytes(2), r.getBytes(3)));
                    }
                }
                payload.setLong(1, sequence);
                try (ResultSet r = payload.executeQuery()) {
                    r.next();
                    recorded.add(new Blobs(found, r.getBytes(1)));
                }
            }
        }
        return recorded;
    }

    RawBlobs(Path folder, List<Blobs> blobs) throws SQLException {
        this.blobs = blobs;
        this.connection = Sqlite.open(folder.resolve("raw.db"));
        Sqlite.execute(
                connection,
                "CREATE TABLE block (id INTEGER PRIMARY KEY, first_sequence INTEGER, last_sequence INTEGER,"
                        + " spans BLOB, body BLOB)",
                "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, payload BLOB)");
        connection.setAutoCommit(false);
        this.block = connection.prepareStatement("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?)");
        this.outbox = connection.prepareStatement("INSERT INTO outbox VALUES (?, ?)");
    }

    @Override
    public void write(List<Integer> meterDays) throws SQLException {
        for (int i : meterDays) {
            for (Row row : blobs.get(i).rows()) {
                block.setLong(1, row.id());
                block.setLong(2, i + 1L);
                block.setLong(3, i + 1L);
                block.setBytes(4, row.spans());
                block.setBytes(5, row.body());
                block.executeUpdate();
            }
            outbox.setLong(1, i + 1L);
            outbox.setBytes(2, blobs.get(i).payload());
            outbox.executeUpdate();
        }
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
