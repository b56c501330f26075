package org.telar.acquisition;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.telar.api.meter.Authentication;
import org.telar.api.meter.Meter;
import org.telar.api.model.Ko;
import org.telar.api.model.MeterId;

import static org.assertj.core.api.Assertions.assertThat;

/** The decisions of a medium on a clock that the test turns (Scheduling 2 to 4, D14, G18). */
class MediumSchedulerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;

    private final Reachability reachability = new Reachability();
    private final MediumScheduler scheduler =
            new MediumScheduler(Timeouts.DEFAULT, RetryPolicy.DEFAULT, 1, reachability, new Random(1));

    @Test
    @DisplayName("Scheduling 2: on-demand goes first, then closings, today, gaps; within a lane who came first")
    void lanesInOrder() {
        submit("gap", Priority.GAPS);
        submit("today", Priority.TODAY);
        submit("closing", Priority.CLOSING);
        submit("order", Priority.ON_DEMAND);
        submit("order2", Priority.ON_DEMAND);
        assertThat(drain(0)).containsExactly("order", "order2", "closing", "today", "gap");
    }

    @Test
    @DisplayName("G18: never two visits to one meter; the waiting job shares the association instead")
    void oneVisitAMeter() {
        submit("m1", Priority.TODAY);
        submit("m1", Priority.ON_DEMAND);
        MediumScheduler.Attempt order = scheduler.next(false, 0).orElseThrow();
        assertThat(order.job().priority()).isEqualTo(Priority.ON_DEMAND);
        assertThat(scheduler.next(false, 0)).as("the meter is being visited").isEmpty();
        assertThat(scheduler.nextFor(new MeterId("m1"), Optional.empty(), false, 0))
                .isPresent();
        scheduler.left(new MeterId("m1"));
    }

    @Test
    @DisplayName("G18 R80: a meter that is visited over one path is not visited over the other at the same time")
    void oneVisitOverAllPaths() {
        MeterLocks locks = new MeterLocks();
        List<String> told = new ArrayList<>();
        locks.onRelease(() -> told.add("look again"));
        MediumScheduler plc = withLocks(locks);
        MediumScheduler rf = withLocks(locks);
        plc.submit(job("m1", Priority.TODAY, HOUR), 0);
        rf.submit(job("m1", Priority.ON_DEMAND, HOUR), 0);
        assertThat(plc.next(false, 0)).isPresent();
        assertThat(rf.next(false, 0)).isEmpty();
        plc.left(new MeterId("m1"));
        locks.tell(new MeterId("m1"));
        assertThat(told).as("the other path waits for it").hasSize(1);
        assertThat(rf.next(false, 0)).isPresent();
    }

    private MediumScheduler withLocks(MeterLocks locks) {
        return new MediumScheduler(Timeouts.DEFAULT, RetryPolicy.DEFAULT, 1, reachability, new Random(1), locks);
    }

    @Test
    @DisplayName("G18: only a more urgent lane gets in between the steps of a job")
    void onlyMoreUrgentInterrupts() {
        submit("m1", Priority.TODAY);
        MediumScheduler.Attempt load = scheduler.next(false, 0).orElseThrow();
        submit("m1", Priority.GAPS);
        assertThat(scheduler.nextFor(new MeterId("m1"), Optional.of(load.job().priority()), false, 0))
                .isEmpty();
        submit("m1", Priority.ON_DEMAND);
        assertThat(scheduler.nextFor(new MeterId("m1"), Optional.of(load.job().priority()), false, 0))
                .isPresent();
    }

    @Test
    @DisplayName("Scheduling 2: the express place takes on-demand and clock only")
    void expressLane() {
        submit("load", Priority.TODAY);
        assertThat(scheduler.next(true, 0)).isEmpty();
        submit("order", Priority.ON_DEMAND);
        assertThat(scheduler.next(true, 0).orElseThrow().job().group()).isEqualTo("order");
    }

    @Test
    @DisplayName("Scheduling 2: a flood of orders leaves the load a fifth of the airtime")
    void loadKeepsItsShare() {
        for (int i = 0; i < 100; i++) {
            submit("order" + i, Priority.ON_DEMAND);
            submit("load" + i, Priority.TODAY);
        }
        long now = 0;
        int load = 0;
        for (int i = 0; i < 50; i++) {
            MediumScheduler.Attempt a = scheduler.next(false, now).orElseThrow();
            load += a.job().priority() == Priority.TODAY ? 1 : 0;
            now += SECOND;
            done(scheduler, a, SECOND, 3, now);
            scheduler.left(a.job().meter().id());
        }
        assertThat(load).isBetween(9, 12);
    }

    @Test
    @DisplayName(
            "Scheduling 4, F23: at once, after 30 s, and after the third miss the meter is UNREACHED and the job ends")
    void missesMakeUnreached() {
        List<Reachability.State> told = new ArrayList<>();
        reachability.onChange((m, s, why) -> told.add(s));
        submit("mute", Priority.TODAY);
        assertThat(miss(0)).isEmpty();
        assertThat(miss(0)).as("at once").isEmpty();
        assertThat(scheduler.next(false, 23 * SECOND)).as("30 s less a fifth").isEmpty();
        Optional<JobResult> end = miss(37 * SECOND);
        assertThat(end).get().isInstanceOfSatisfying(JobResult.Unreached.class, u -> {
            assertThat(u.ko()).isEqualTo(Ko.METER_SILENT);
            assertThat(u.attempts()).isEqualTo(3);
        });
        assertThat(reachability.state(new MeterId("mute"))).isEqualTo(Reachability.State.UNREACHED);
        assertThat(told).containsExactly(Reachability.State.UNREACHED);
    }

    @Test
    @DisplayName(
            "R42: an UNREACHED meter is tried once a job, after the others of its lane, and is back when it answers")
    void unreachedIsTriedOnceAndLast() {
        missesMakeUnreached();
        submit("mute", Priority.TODAY);
        submit("well", Priority.TODAY);
        MediumScheduler.Attempt first = scheduler.next(false, 40 * SECOND).orElseThrow();
        assertThat(first.job().group()).isEqualTo("well");
        assertThat(miss(40 * SECOND)).as("one attempt only").isPresent();
        submit("mute", Priority.TODAY);
        MediumScheduler.Attempt again = scheduler.next(false, 41 * SECOND).orElseThrow();
        done(scheduler, again, SECOND, 1, 42 * SECOND);
        assertThat(reachability.state(new MeterId("mute"))).isEqualTo(Reachability.State.REACHED);
    }

    @Test
    @DisplayName(
            "S31: a refused key ends the job at once and the meter is left alone, twice as long after the next refusal")
    void refusedKeys() {
        submit("m", Priority.TODAY);
        MediumScheduler.Attempt a = scheduler.next(false, 0).orElseThrow();
        assertThat(failed(scheduler, a, Ko.AUTH_FAILED, "wrong key", SECOND, 0)).isPresent();
        scheduler.left(new MeterId("m"));
        assertThat(scheduler.refusedFor(new MeterId("m"), 0)).isEqualTo(Duration.ofMinutes(1));
        assertThat(scheduler.refusedFor(new MeterId("m"), 60 * SECOND)).isEqualTo(Duration.ZERO);
        submit("m", Priority.TODAY);
        MediumScheduler.Attempt b = scheduler.next(false, 60 * SECOND).orElseThrow();
        failed(scheduler, b, Ko.AUTH_FAILED, "wrong key", SECOND, 60 * SECOND);
        assertThat(scheduler.refusedFor(new MeterId("m"), 60 * SECOND)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    @DisplayName("D1: another meter's identity is never tried again blindly")
    void foreignIdentityEnds() {
        submit("m", Priority.TODAY);
        MediumScheduler.Attempt a = scheduler.next(false, 0).orElseThrow();
        assertThat(failed(scheduler, a, Ko.IDENTITY, "another meter", SECOND, 0))
                .isPresent();
    }

    @Test
    @DisplayName("Scheduling 4: while first attempts wait, retries get at most 15 % of the airtime")
    void retriesHaveABudget() {
        MediumScheduler eager = new MediumScheduler(
                Timeouts.DEFAULT,
                RetryPolicy.DEFAULT.withPauses(List.of(Duration.ZERO, Duration.ZERO)),
                1,
                reachability,
                new Random(1));
        for (int i = 0; i < 400; i++) {
            eager.submit(job("m" + i, Priority.TODAY, HOUR), 0);
        }
        long now = 0;
        long retried = 0;
        for (int visits = 0; visits < 300; visits++) {
            MediumScheduler.Attempt a = eager.next(false, now).orElseThrow();
            now += SECOND;
            boolean bad = Integer.parseInt(a.job().group().substring(1)) % 2 == 0;
            if (bad) {
                failed(eager, a, Ko.PROTOCOL, "noise", SECOND, now);
            } else {
                done(eager, a, SECOND, 1, now);
            }
            eager.left(a.job().meter().id());
            retried = Math.max(retried, Math.round(eager.retryShare() * 100));
        }
        assertThat(eager.retryShare()).isBetween(0.10, 0.17);
    }

    @Test
    @DisplayName("D15: a job whose deadline has passed neither starts nor stays")
    void deadlines() {
        submitUntil("late", 10 * SECOND);
        assertThat(scheduler.next(false, 11 * SECOND)).isEmpty();
        assertThat(scheduler.wakeAt(4 * SECOND)).isEqualTo(10 * SECOND);
        assertThat(scheduler.expire(11 * SECOND)).singleElement().satisfies(e -> assertThat(e.result())
                .isInstanceOfSatisfying(
                        JobResult.Unreached.class, u -> assertThat(u.ko()).isEqualTo(Ko.DEADLINE)));
        assertThat(scheduler.isIdle()).isTrue();
    }

    @Test
    @DisplayName(
            "Scheduling 4: the wait is 4 × the smoothed round trip within its bounds, and half longer after a miss")
    void adaptiveTimeout() {
        MeterId m = new MeterId("m");
        assertThat(scheduler.waits(m).answer()).as("nothing known").isEqualTo(Duration.ofSeconds(10));
        answer("m", 3 * SECOND);
        assertThat(scheduler.waits(m).answer()).isEqualTo(Duration.ofSeconds(12));
        assertThat(scheduler.waits(new MeterId("other")).answer())
                .as("the medium's")
                .isEqualTo(Duration.ofSeconds(12));
        reachability.missed(m, Ko.METER_SILENT, 3, 0);
        assertThat(scheduler.waits(m).answer()).isEqualTo(Duration.ofSeconds(18));
        for (int i = 0; i < 60; i++) {
            answer("m", SECOND / 100);
        }
        assertThat(scheduler.waits(m).answer()).as("never below the bound").isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName(
            "Scheduling 1: airtime goes to the most urgent lane, then to who asked first, at most its capacity at once")
    void airtimeOrder() {
        AirtimeOrder order = new AirtimeOrder(1);
        AirtimeOrder.Ticket running = order.ask(Priority.GAPS, 0);
        AirtimeOrder.Ticket gap = order.ask(Priority.GAPS, 0);
        AirtimeOrder.Ticket urgent = order.ask(Priority.ON_DEMAND, 0);
        assertThat(List.of(running.isGranted(), gap.isGranted(), urgent.isGranted()))
                .containsExactly(true, false, false);
        order.giveBack(running, 0);
        order.giveBack(running, 0);
        assertThat(urgent.isGranted()).isTrue();
        assertThat(gap.isGranted()).as("given back twice counts once").isFalse();
        order.giveBack(urgent, 0);
        assertThat(gap.isGranted())
                .as("the order's next request is awaited for a moment")
                .isFalse();
        assertThat(order.grant(0)).isEqualTo(AirtimeOrder.KEPT);
        assertThat(order.grant(AirtimeOrder.KEPT)).isEqualTo(Long.MAX_VALUE);
        assertThat(gap.isGranted()).isTrue();
    }

    private void answer(String meter, long roundTrip) {
        submit(meter, Priority.TODAY);
        MediumScheduler.Attempt a = scheduler.next(false, 0).orElseThrow();
        done(scheduler, a, roundTrip * 2, 2, 0);
        scheduler.left(a.job().meter().id());
    }

    static JobResult done(MediumScheduler scheduler, MediumScheduler.Attempt a, long airtime, int exchanges, long now) {
        Exchanges used = new Exchanges(airtime, exchanges, airtime / exchanges);
        VisitCourse course = new VisitCourse(scheduler, a);
        course.asked(96);
        return course.stepped(false, used, Instant.EPOCH, now).orElseThrow().result();
    }

    static Optional<JobResult> failed(
            MediumScheduler scheduler, MediumScheduler.Attempt a, Ko ko, String detail, long airtime, long now) {
        return new VisitCourse(scheduler, a)
                .failed(ko, detail, new Exchanges(airtime, 1, airtime), now)
                .map(MediumScheduler.Ended::result);
    }

    private Optional<JobResult> miss(long now) {
        MediumScheduler.Attempt a = scheduler.next(false, now).orElseThrow();
        Optional<JobResult> result = failed(scheduler, a, Ko.METER_SILENT, "no answer", SECOND, now);
        scheduler.left(a.job().meter().id());
        return result;
    }

    private List<String> drain(long now) {
        List<String> order = new ArrayList<>();
        for (Optional<MediumScheduler.Attempt> a = scheduler.next(false, now);
                a.isPresent();
                a = scheduler.next(false, now)) {
            order.add(a.get().job().group());
        }
        return order;
    }

    private void submit(String meter, Priority lane) {
        scheduler.submit(job(meter, lane, HOUR), 0);
    }

    private void submitUntil(String meter, long deadline) {
        scheduler.submit(job(meter, Priority.TODAY, deadline), 0);
    }

    private static MeterJob job(String meter, Priority lane, long deadline) {
        return new MeterJob(meter, meter(meter), lane, deadline, session -> false, result -> {});
    }

    static Meter meter(String id) {
        return new Meter(
                new MeterId(id),
                "fake",
                "M",
                id,
                "line",
                "a:" + id,
                1,
                Authentication.NONE,
                ZoneId.of("UTC"),
                Map.of());
    }

    static final URI ADDRESS = URI.create("tcp://line:1");
}
