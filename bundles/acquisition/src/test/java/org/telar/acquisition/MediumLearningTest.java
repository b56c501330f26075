package org.telar.acquisition;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;

/** What a medium learns of itself and its meters: slices, waits, exchanges in flight, who is away (Scheduling 1 to 4). */
class MediumLearningTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final MeterId M = new MeterId("m");

    private final Reachability reachability = new Reachability();
    private final MediumScheduler scheduler =
            new MediumScheduler(Timeouts.DEFAULT, RetryPolicy.DEFAULT, 4, reachability, new Random(1));

    @Test
    @DisplayName("D14: a read that holds the medium for 10 s is cut so that no exchange takes more than 3 s")
    void longReadsAreSliced() {
        Slices slices = new Slices();
        assertThat(slices.slots("A", 960)).as("nothing known").isEqualTo(960);
        slices.observed("A", 96, 10 * SECOND);
        int slots = slices.slots("A", 960);
        assertThat(slots).isBetween(20, 28);
        for (int i = 0; i < 100; i++) {
            slices.observed("A", slots, slots * 10 * SECOND / 96);
        }
        assertThat(slices.slots("A", 960)).as("it fits and stays").isEqualTo(slots);
        assertThat(slices.slots("B", 960)).as("another model").isEqualTo(960);
    }

    @Test
    @DisplayName("D14: one retransmission does not cut reads; a faster medium lets them grow again")
    void outliersAndGrowth() {
        Slices slices = new Slices();
        for (int i = 0; i < 20; i++) {
            slices.observed("A", 96, 26 * SECOND / 10);
        }
        slices.observed("A", 96, 5 * SECOND);
        assertThat(slices.slots("A", 960)).isEqualTo(960);
        slices.observed("B", 96, 30 * SECOND);
        assertThat(slices.slots("B", 960)).isLessThan(10);
        for (int i = 0; i < 20; i++) {
            slices.observed("B", slices.slots("B", 960), SECOND / 10);
        }
        assertThat(slices.slots("B", 960)).isEqualTo(960);
        slices.observed("C", 4, 100 * SECOND);
        assertThat(slices.slots("C", 960))
                .as("never below what is worth a request")
                .isEqualTo(960);
        slices.observed("C", 5, 100 * SECOND);
        assertThat(slices.slots("C", 960)).isEqualTo(Slices.FEWEST);
    }

    @Test
    @DisplayName("Scheduling 1: on IP one exchange more for every window of answers, half after a loss, within 2 and 4")
    void inFlight() {
        InFlight ip = new InFlight(4);
        assertThat(ip.now()).isEqualTo(2);
        ip.answered(3);
        assertThat(ip.now()).isEqualTo(3);
        ip.answered(4);
        assertThat(ip.now()).isEqualTo(4);
        ip.answered(1_000);
        assertThat(ip.now()).as("never more than configured").isEqualTo(4);
        ip.lost();
        assertThat(ip.now()).isEqualTo(2);
        ip.lost();
        assertThat(ip.now()).isEqualTo(2);
        InFlight line = new InFlight(1);
        line.answered(1_000);
        assertThat(line.now()).as("a line or a base node").isEqualTo(1);
        line.lost();
        assertThat(line.now()).isEqualTo(1);
    }

    @Test
    @DisplayName("Scheduling 1: a meter that used to answer and does not is a loss; one that never did is not")
    void whatIsALoss() {
        read("m", 96, new Exchanges(10 * SECOND, 20, SECOND));
        assertThat(scheduler.inFlight()).isEqualTo(4);
        miss("stranger", 0);
        assertThat(scheduler.inFlight()).isEqualTo(4);
        miss("m", 0);
        assertThat(scheduler.inFlight()).isEqualTo(2);
    }

    @Test
    @DisplayName("Scheduling 4: a mute meter costs the wait of an association; data has its own, long enough for a day")
    void twoWaits() {
        assertThat(scheduler.waits(M).association()).isEqualTo(Duration.ofSeconds(10));
        VisitCourse course = visit("m", Priority.TODAY);
        course.associated(new Exchanges(SECOND, 2, SECOND * 6 / 10), 0);
        course.asked(96);
        course.stepped(false, new Exchanges(9 * SECOND, 1, 9 * SECOND), Instant.EPOCH, 0);
        scheduler.left(M);
        assertThat(scheduler.waits(M).association()).isEqualTo(Duration.ofSeconds(2));
        assertThat(scheduler.waits(M).answer()).isEqualTo(Duration.ofSeconds(36));
        assertThat(scheduler.waits(new MeterId("other"))).isEqualTo(scheduler.waits(M));
    }

    @Test
    @DisplayName("R28: the short answers of orders do not shorten the wait for a day of profile")
    void ordersTeachNothingAboutData() {
        read("m", 96, new Exchanges(3 * SECOND, 1, 3 * SECOND));
        for (int i = 0; i < 50; i++) {
            read("m", 0, new Exchanges(SECOND / 2, 1, SECOND / 2));
        }
        assertThat(scheduler.waits(M).answer()).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    @DisplayName("Scheduling 4: a short mean never cuts off the long exchange of the same visit")
    void longestFits() {
        read("m", 96, new Exchanges(12 * SECOND, 12, 9 * SECOND));
        assertThat(scheduler.waits(M).answer()).isEqualTo(Duration.ofSeconds(18));
    }

    @Test
    @DisplayName("F23: waits of associations do not grow with the misses, but probes of a lost meter are patient")
    void patientProbes() {
        Duration first = scheduler.waits(M).association();
        miss("m", 0);
        assertThat(scheduler.waits(M).association()).isEqualTo(first);
        reachability.missed(M, Ko.METER_SILENT, 2, 0);
        assertThat(scheduler.waits(M).association()).isGreaterThan(first.multipliedBy(2));
    }

    @Test
    @DisplayName("Scheduling 4: an UNREACHED meter is probed an hour after the last try, or at once when it joined")
    void probes() {
        List<Reachability.State> told = new ArrayList<>();
        reachability.onChange((meter, state, why) -> told.add(state));
        MeterId n = new MeterId("n");
        reachability.missed(M, Ko.METER_SILENT, 1, 0);
        reachability.missed(n, Ko.METER_SILENT, 1, 1800 * SECOND);
        Duration hour = Duration.ofHours(1);
        assertThat(reachability.probesDue(HOUR - 1, hour)).isEmpty();
        assertThat(reachability.probesDue(HOUR, hour))
                .as("each in its own hour")
                .containsExactly(M);
        assertThat(reachability.probesDue(HOUR + SECOND, hour)).as("once").isEmpty();
        reachability.joined(n);
        assertThat(reachability.probesDue(HOUR + SECOND, hour)).containsExactly(n);
        assertThat(reachability.probesDue(HOUR + SECOND, hour)).isEmpty();
        reachability.answered(n, Instant.EPOCH);
        assertThat(reachability.probesDue(10 * HOUR, hour)).containsExactly(M);
        assertThat(told)
                .containsExactly(
                        Reachability.State.UNREACHED, Reachability.State.UNREACHED, Reachability.State.REACHED);
    }

    @Test
    @DisplayName(
            "Scheduling 4: probes come after the load, count as retries, and stand back when those had their share")
    void probesAreLast() {
        submit("lost", Priority.PROBE, 0);
        submit("load", Priority.GAPS, 0);
        assertThat(scheduler.next(false, 0).orElseThrow().job().group()).isEqualTo("load");
        MediumScheduler.Attempt probe = scheduler.next(false, 0).orElseThrow();
        new VisitCourse(scheduler, probe)
                .failed(Ko.METER_SILENT, "no answer", new Exchanges(4 * SECOND, 2, 2 * SECOND), SECOND);
        assertThat(scheduler.retryShare()).isEqualTo(1);
    }

    private void read(String meter, int slots, Exchanges exchanges) {
        VisitCourse course = visit(meter, Priority.TODAY);
        course.asked(slots);
        assertThat(course.stepped(false, exchanges, Instant.EPOCH, 0)).isPresent();
        scheduler.left(new MeterId(meter));
    }

    private void miss(String meter, long now) {
        visit(meter, Priority.TODAY).failed(Ko.METER_SILENT, "no answer", Exchanges.NONE, now);
        scheduler.left(new MeterId(meter));
        scheduler.cancel(j -> true, Ko.CANCELLED, "by the test");
    }

    private VisitCourse visit(String meter, Priority lane) {
        submit(meter, lane, 0);
        Optional<MediumScheduler.Attempt> next = scheduler.next(false, 0);
        return new VisitCourse(scheduler, next.orElseThrow());
    }

    private void submit(String meter, Priority lane, long now) {
        scheduler.submit(
                new MeterJob(meter, MediumSchedulerTest.meter(meter), lane, 100 * HOUR, session -> false, result -> {}),
                now);
    }
}
