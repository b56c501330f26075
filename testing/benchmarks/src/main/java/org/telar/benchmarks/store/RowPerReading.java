package org.telar.benchmarks.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import org.telar.api.model.Column;
import org.telar.api.model.Poll;
import org.telar.api.model.ProfileBlock;

/**
 * A row per reading, at its leanest: integers only, one clustered key, no outbox but a flag, and an index on what is not
 * sent yet, without which nobody finds it again.
 */
final class RowPerReading implements Contender {
    private final List<Poll> polls;
    private final Connection connection;
    private final PreparedStatement insert;

    RowPerReading(Path folder, List<Poll> polls) throws SQLException {
        this.polls = polls;
        this.connection = Sqlite.open(folder.resolve("rows.db"));
        Sqlite.execute(
                connection,
                "CREATE TABLE reading (meter INTEGER, channel INTEGER, ended INTEGER, value INTEGER, status INTEGER,"
                        + " sent INTEGER, PRIMARY KEY (meter, channel, ended)) WITHOUT ROWID",
                "CREATE INDEX unsent ON reading (ended) WHERE sent = 0");
        connection.setAutoCommit(false);
        this.insert = connection.prepareStatement("INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?, 0)");
    }

    @Override
    public void write(List<Integer> meterDays) throws SQLException {
        for (int i : meterDays) {
            Poll poll = polls.get(i);
            long meter = Long.parseLong(poll.meter().number());
            for (ProfileBlock block : poll.profiles()) {
                write(meter, block);
            }
        }
        insert.executeBatch();
        connection.commit();
    }

    private void write(long meter, ProfileBlock block) throws SQLException {
        for (Column column : block.columns()) {
            for (int slot = 0; slot < block.slots(); slot++) {
                if (column.values()[slot] != Column.ABSENT) {
                    insert.setLong(1, meter);
                    insert.setInt(2, column.channel().c());
                    insert.setLong(3, block.endOf(slot).getEpochSecond());
                    insert.setLong(4, column.values()[slot]);
                    insert.setInt(5, block.status()[slot]);
                    insert.addBatch();
                }
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
