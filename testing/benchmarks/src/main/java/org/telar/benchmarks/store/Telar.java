package org.telar.benchmarks.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

import org.telar.api.model.Poll;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;
import org.telar.store.sqlite.internal.SqliteStore;
import org.telar.store.sqlite.internal.StoreSettings;

/** The product's store: encoding, merge, packing and outbox included. */
final class Telar implements Contender {
    private final List<Poll> polls;
    private final SqliteStore store;

    Telar(Path folder, Path nativeLibrary, List<Poll> polls) throws StoreException {
        this.polls = polls;
        this.store = open(folder, nativeLibrary);
    }

    /** A store as on a gateway; the library is extracted once for all. */
    static SqliteStore open(Path folder, Path nativeLibrary) throws StoreException {
        return new SqliteStore(
                StoreSettings.in(folder).withNativeDirectory(nativeLibrary), Clock.systemUTC(), EventSink.NONE);
    }

    @Override
    public void write(List<Integer> meterDays) throws StoreException {
        store.commitAll(meterDays.stream().map(polls::get).toList(), Lane.LIVE);
    }

    @Override
    public void close() {
        store.close();
    }
}
