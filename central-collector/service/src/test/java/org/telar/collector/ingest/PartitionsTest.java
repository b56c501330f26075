package org.telar.collector.ingest;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.store.OutboxKind;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;
import org.telar.contract.Batch;

import static org.assertj.core.api.Assertions.assertThat;

/** Partitions are there before the readings; readings that were before them are taken over. */
class PartitionsTest {

    @Test
    @DisplayName(
            "readings of a month without a partition are kept, and move when their month is made (R05, stack: partitions)")
    void madeAheadAndTakenOver() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-pt1", "pt1");
        Instant far = Instant.parse("2031-03-10T04:15:00Z");
        collector
                .bean(IngestService.class)
                .ingest(
                        List.of(new Batch(
                                "gw-pt1",
                                1,
                                OutboxKind.READINGS,
                                List.of(Polls.entry(
                                        1,
                                        Polls.poll(
                                                "pt1",
                                                "",
                                                far,
                                                List.of(Polls.block(far, 4, i -> i)),
                                                List.of(Polls.closing(far, 100, far))))))),
                        0);
        assertThat(collector.number("SELECT count(*) FROM lp_day_other WHERE day >= '2031-01-01'"))
                .isEqualTo(1);

        Partitions later = new Partitions(
                collector.jdbc(), collector.bean(TransactionTemplate.class), Clock.fixed(far, ZoneOffset.UTC));
        later.ensure();
        later.ensure();

        assertThat(collector.number("SELECT count(*) FROM lp_day_2031_03")).isEqualTo(1);
        assertThat(collector.number("SELECT count(*) FROM register_reading_2031_03"))
                .isEqualTo(2);
        assertThat(collector.number("SELECT count(*) FROM lp_day_other WHERE day >= '2031-01-01'"))
                .isZero();
        assertThat(collector.number("SELECT count(*) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'pt1'"))
                .isEqualTo(1);
        assertThat(collector.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'lp_day'::regclass"))
                .as("this month's own, at the start, and those of 2031")
                .isGreaterThan(30);
    }
}
