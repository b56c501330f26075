package org.telar.store.sqlite.internal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.telar.api.store.Lane;
import org.telar.api.store.OutboxKind;
import org.telar.api.store.StoreException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The writer's promises when single works or the disk fail. */
@Timeout(30)
class WriterTest {
    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private final AtomicInteger groups = new AtomicInteger();
    private StoreFiles files;
    private Writer writer;

    @BeforeEach
    void start() throws Exception {
        StoreSettings settings = StoreSettings.in(folder);
        SqliteNative.prepare(settings.nativeDirectory());
        files = new StoreFiles(settings, Clock.systemUTC(), heard, (block, what) -> {});
        files.lock();
        writer = new Writer(files, settings, heard, new Writer.Observer() {
            @Override
            public void opened(Opened store) {}

            @Override
            public void closing() {}

            @Override
            public void committed(Opened store, OutboxTable.Counts before) {
                groups.incrementAndGet();
            }

            @Override
            public void housekeeping() {}
        });
        writer.start();
    }

    @AfterEach
    void stop() throws Exception {
        writer.close();
        files.close();
    }

    private static long append(Opened store) throws SQLException {
        return store.outbox().append(OutboxKind.EVENT, Lane.LIVE, 0, 0, new byte[] {1});
    }

    private CompletableFuture<Long> later(Writer.Work<Long> work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return writer.submit(work);
            } catch (StoreException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Holds the writer in a transaction of its own while others queue up behind it. */
    private CountDownLatch hold() throws Exception {
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        later(store -> {
            holding.countDown();
            try {
                release.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 0L;
        });
        assertThat(holding.await(20, TimeUnit.SECONDS)).isTrue();
        return release;
    }

    @Test
    @DisplayName(
            "R1: polls that wait together share a transaction, and one that fails takes none of the others with it")
    void group() throws Exception {
        CountDownLatch release = hold();
        List<CompletableFuture<Long>> good = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            good.add(later(WriterTest::append));
        }
        CompletableFuture<Long> bad = later(store -> {
            append(store);
            throw new StoreException("refused");
        });
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(20))
                .until(() -> writer.waiting() == 11);
        release.countDown();
        CompletableFuture.allOf(good.toArray(new CompletableFuture<?>[0])).get(20, TimeUnit.SECONDS);
        assertThat(good.stream().map(CompletableFuture::join).sorted())
                .describedAs("sequences without a hole")
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThatThrownBy(bad::join).hasMessageContaining("refused");
        assertThat(groups).hasValue(2);
    }

    @Test
    @DisplayName(
            "F7: an I/O error drops the connection; what was not there is done again, once, and the writer says what ailed it")
    void ioError() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        long sequence = writer.submit(store -> {
            long s = append(store);
            if (runs.incrementAndGet() == 1) {
                throw new SQLException("disk I/O error", "", 10);
            }
            return s;
        });
        assertThat(sequence).isEqualTo(1);
        assertThat(runs).hasValue(2);
        long rows = writer.submit(store -> store.db().number("SELECT count(*) FROM outbox"));
        assertThat(rows).isEqualTo(1);
        assertThat(heard.codes()).containsExactly("STORE_IO_ERROR", "STORE_RECOVERED");
    }

    @Test
    @DisplayName("F7: a disk that fails for ever is an error to the caller in bounded time, and no end of the writer")
    void ioErrorForEver() throws Exception {
        assertThatThrownBy(() -> writer.submit(store -> {
                    throw new SQLException("disk I/O error", "", 10);
                }))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("STORE_IO_ERROR");
        assertThat(writer.submit(WriterTest::append)).isEqualTo(1);
        assertThat(heard.codes()).containsExactly("STORE_IO_ERROR", "STORE_RECOVERED");
    }
}
