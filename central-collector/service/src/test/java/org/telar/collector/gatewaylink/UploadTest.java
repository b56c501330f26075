package org.telar.collector.gatewaylink;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.collector.testing.FakeEdge;
import org.telar.collector.testing.Polls;
import org.telar.collector.testing.RunningCollector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From the wire to rows and back to the acknowledgement, on a real broker and database. */
class UploadTest {
    private static final Instant FIRST = Instant.parse("2026-06-10T04:15:00Z");

    @Test
    @DisplayName(
            "a batch is rows, pending CIM work and an acknowledgement with the collector's time (R04, R11 of reliability)")
    void uploads() throws Exception {
        RunningCollector collector = RunningCollector.shared();
        collector.fleet("gw-up1", "up1-a");
        try (FakeEdge edge = new FakeEdge(collector, "gw-up1")) {
            edge.readings(
                    1,
                    Polls.entry(1, Polls.poll("up1-a", "", FIRST.plusSeconds(90_000), Polls.block(FIRST, 96, i -> i))));

            await().atMost(Duration.ofSeconds(10)).until(() -> edge.acknowledged(1) == 1);

            assertThat(collector.number("SELECT count(*) FROM pending_work WHERE gateway = 'gw-up1'"))
                    .isEqualTo(1);
            assertThat(collector.number(
                            "SELECT sum(n_present) FROM lp_day JOIN meter USING (meter_id) WHERE meter_no = 'up1-a'"))
                    .isEqualTo(96);
        }
    }
}
