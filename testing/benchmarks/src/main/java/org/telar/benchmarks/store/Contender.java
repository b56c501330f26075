package org.telar.benchmarks.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

import org.telar.api.store.StoreException;

/** One way to keep meter-days on disk. All wait for the disk at the end of each transaction. Not thread-safe. */
interface Contender extends AutoCloseable {
    /** Writes these meter-days, numbered as in the data set, in one durable transaction. */
    void write(List<Integer> meterDays) throws SQLException, StoreException;

    @Override
    void close() throws SQLException;

    /** Makes a contender on an empty folder. */
    @FunctionalInterface
    interface Maker {
        Contender open(Path folder) throws IOException, SQLException, StoreException;
    }
}
