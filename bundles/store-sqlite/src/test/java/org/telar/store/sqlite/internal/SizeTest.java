package org.telar.store.sqlite.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.model.ProfileBlock;
import org.telar.api.platform.EventSink;
import org.telar.api.store.Acknowledgement;
import org.telar.api.store.Lane;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.telar.store.sqlite.internal.Polls.MIDNIGHT;
import static org.telar.store.sqlite.internal.Polls.QUARTER;

/** What a reading costs on disk, with data that cannot be squeezed by luck: 5 bits of entropy an increment. */
class SizeTest {
    private static final int METERS = 100;

    @TempDir
    Path folder;

    @Test
    @DisplayName(
            "R45: a day of 100 meters, 96 quarters, 6 channels costs at most 1.6 bytes a reading on disk once acknowledged")
    void wholeDays() throws Exception {
        int days = 5;
        assertThat(entropy(Polls.household(1, MIDNIGHT, 96 * 30))).isGreaterThan(5.0);
        try (SqliteStore store = new SqliteStore(StoreSettings.in(folder), Clock.systemUTC(), EventSink.NONE)) {
            for (int day = 0; day < days; day++) {
                Instant midnight = MIDNIGHT.plus(Duration.ofDays(day));
                for (int m = 1; m <= METERS; m++) {
                    store.commit(Polls.poll(m, Polls.household(m, midnight.plus(QUARTER), 96)), Lane.LIVE);
                }
                store.acknowledge(new Acknowledgement(store.epoch(), store.lastSequence(), List.of()));
            }
        }
        double bytes = onDisk() / (double) (days * METERS * 96 * 6);
        System.out.printf("disk_bytes_per_reading %.3f%n", bytes);
        assertThat(bytes).isLessThanOrEqualTo(1.6);
    }

    @Test
    @DisplayName("R45: merged quarter by quarter a day costs little more than at once")
    void quarterByQuarter() throws Exception {
        try (SqliteStore store = new SqliteStore(StoreSettings.in(folder), Clock.systemUTC(), EventSink.NONE)) {
            for (int slot = 1; slot <= 96; slot++) {
                Instant end = MIDNIGHT.plus(QUARTER.multipliedBy(slot));
                // In parallel, as polls arrive: what waits together shares a transaction.
                IntStream.rangeClosed(1, 60).parallel().forEach(m -> commit(store, m, Polls.household(m, end, 1)));
                store.acknowledge(new Acknowledgement(store.epoch(), store.lastSequence(), List.of()));
            }
        }
        double bytes = (onDisk() - emptyStore()) / (double) (60 * 96 * 6);
        System.out.printf("disk_bytes_per_reading_merged %.3f%n", bytes);
        assertThat(bytes).isLessThanOrEqualTo(1.6);
    }

    private static void commit(SqliteStore store, int meter, ProfileBlock block) {
        try {
            store.commit(Polls.poll(meter, block), Lane.LIVE);
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    private long emptyStore() throws Exception {
        Path empty = folder.resolve("empty");
        new SqliteStore(StoreSettings.in(empty), Clock.systemUTC(), EventSink.NONE).close();
        return Files.size(empty.resolve("store.db"));
    }

    private long onDisk() throws Exception {
        assertThat(folder.resolve("store.db-wal")).doesNotExist();
        return Files.size(folder.resolve("store.db"));
    }

    /** Order-0 entropy of the A+ increments, bits. */
    private static double entropy(ProfileBlock block) {
        Map<Long, Integer> counts = new HashMap<>();
        long[] v = block.columns().get(0).values();
        for (long x : v) {
            counts.merge(x, 1, Integer::sum);
        }
        return counts.values().stream()
                .mapToDouble(n -> -(double) n / v.length * Math.log((double) n / v.length) / Math.log(2))
                .sum();
    }
}
