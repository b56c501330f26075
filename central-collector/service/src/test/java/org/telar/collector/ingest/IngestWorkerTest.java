package org.telar.collector.ingest;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** Commit, then acknowledgement; and patience when the database has none. */
class IngestWorkerTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");

    private static Batch batch(String gateway, String meter, long sequence) {
        return new Batch(
                gateway,
                1,
                OutboxKind.READINGS,
                List.of(Polls.entry(
                        sequence, Polls.poll(meter, "", FIRST.plusSeconds(90_000), Polls.block(FIRST, 96, i -> i)))));
    }

    @Test
    @DisplayName(
            "a death between commit and acknowledgement: nothing acknowledged, then a duplicate, never a second row (fault 2)")
    void deathAfterCommit() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-w1", "w1");
        AtomicInteger deaths = new AtomicInteger(1);
        List<Long> acknowledged = new CopyOnWriteArrayList<>();
        AtomicInteger done = new AtomicInteger();
        IngestService service = collector.bean(IngestService.class);
        Runnable dying = () -> {
            assertThat(acknowledged).isEmpty();
            throw new Death();
        };
        IngestWorker first = new IngestWorker(
                service,
                marks -> marks.forEach(m -> acknowledged.add(m.highWater())),
                () -> {
                    if (deaths.getAndDecrement() > 0) {
                        dying.run();
                    }
                },
                4);
        first.start();
        first.offer(new IngestWorker.Delivery(batch("gw-w1", "w1", 1), 100, done::incrementAndGet));
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        collector.number("SELECT coalesce(max(high_water), 0) FROM ingest_mark WHERE gateway = 'gw-w1'")
                                == 1);
        first.stop();
        assertThat(acknowledged).as("acknowledged by the one that died").isEmpty();
        assertThat(done).as("deliveries the broker was told are over").hasValue(0);

        IngestWorker second =
                new IngestWorker(service, marks -> marks.forEach(m -> acknowledged.add(m.highWater())), () -> {}, 4);
        second.start();
        second.offer(new IngestWorker.Delivery(batch("gw-w1", "w1", 1), 100, done::incrementAndGet));

        await().atMost(Duration.ofSeconds(10)).until(() -> acknowledged.contains(1L));
        second.stop();
        assertThat(done).hasValue(1);
        assertThat(collector.number("SELECT count(*) FROM pending_work WHERE meter = 'w1'"))
                .isEqualTo(1);
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    @DisplayName(
            "while the database is away nothing is acknowledged and no more is taken than the queue holds (R11, admission control)")
    void databaseAway() {
        IngestService service = mock(IngestService.class);
        Mark mark = new Mark("gw-w2", 1, 1);
        when(service.ingest(any(), anyLong()))
                .thenThrow(new CannotGetJdbcConnectionException("away"))
                .thenThrow(new UncategorizedSQLException("x", "y", new SQLException("disk full", "53100")))
                .thenReturn(List.of(mark));
        AtomicInteger done = new AtomicInteger();
        AtomicInteger acknowledged = new AtomicInteger();
        IngestWorker worker = new IngestWorker(
                service,
                marks -> {
                    acknowledged.incrementAndGet();
                    assertThat(done.get()).isPositive();
                },
                () -> assertThat(done).hasValue(0),
                2);
        IngestWorker.Delivery delivery = new IngestWorker.Delivery(batch("gw-w2", "w2", 1), 100, done::incrementAndGet);
        assertThat(worker.offer(delivery)).as("before it was started").isFalse();
        worker.start();
        assertThat(worker.offer(delivery)).isTrue();

        await().atMost(Duration.ofSeconds(10)).until(() -> acknowledged.get() == 1);

        worker.stop();
        assertThat(done).hasValue(1);
        assertThat(worker.offer(delivery)).as("after its stop").isFalse();
    }

    @Test
    @DisplayName("of a group that the database refuses, only the entry to blame goes to quarantine (R13)")
    void blame() {
        IngestService service = mock(IngestService.class);
        Batch good = batch("gw-w3", "w3", 1);
        Batch bad = batch("gw-w3", "w3", 2);
        when(service.ingest(any(), anyLong())).thenAnswer(call -> {
            List<Batch> batches = call.getArgument(0);
            if (batches.contains(bad)) {
                throw new UncategorizedSQLException("x", "y", new SQLException("out of range", "22003"));
            }
            return List.of(new Mark("gw-w3", 1, 1));
        });
        List<Long> quarantined = new CopyOnWriteArrayList<>();
        when(service.quarantineEntry(any(), any(), any())).thenAnswer(call -> {
            quarantined.add(call.<Batch.Entry>getArgument(1).sequence());
            return List.of(new Mark("gw-w3", 1, 2));
        });
        AtomicInteger done = new AtomicInteger();
        IngestWorker worker = new IngestWorker(service, marks -> {}, () -> {}, 4);
        worker.start();
        worker.offer(new IngestWorker.Delivery(good, 100, done::incrementAndGet));
        worker.offer(new IngestWorker.Delivery(bad, 100, done::incrementAndGet));

        await().atMost(Duration.ofSeconds(10)).until(() -> done.get() == 2);

        worker.stop();
        assertThat(quarantined).containsExactly(2L);
    }
}
