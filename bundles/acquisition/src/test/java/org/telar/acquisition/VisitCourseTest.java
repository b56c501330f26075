package org.telar.acquisition;

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

/** What is done with one association, and who gets the exchanges of a medium, on a clock that the test turns. */
class VisitCourseTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final Exchanges ONE = new Exchanges(SECOND, 1, SECOND);

    private final Reachability reachability = new Reachability();
    private final MediumScheduler scheduler =
            new MediumScheduler(Timeouts.DEFAULT, RetryPolicy.DEFAULT, 1, reachability, new Random(1));

    @Test
    @DisplayName("G18: an order gets in between two steps of a load, which then goes on in the same association")
    void orderBetweenSteps() {
        VisitCourse course = visit("load", "m", Priority.TODAY);
        submit("order", "m", Priority.ON_DEMAND);
        assertThat(course.stepped(true, ONE, Instant.EPOCH, 0)).isEmpty();
        assertThat(course.job().group()).isEqualTo("order");
        assertThat(ended(course)).isEqualTo("order");
        assertThat(course.job().group()).isEqualTo("load");
        assertThat(course.isOver()).isFalse();
        assertThat(ended(course)).isEqualTo("load");
        assertThat(course.isOver()).isTrue();
    }

    @Test
    @DisplayName("R33: when the order breaks the association, the load that waited in it is not charged with a try")
    void interruptedGoesBack() {
        VisitCourse course = visit("load", "m", Priority.TODAY);
        submit("order", "m", Priority.ON_DEMAND);
        course.stepped(true, ONE, Instant.EPOCH, 0);
        assertThat(course.failed(Ko.IDENTITY, "another meter", ONE, 0))
                .get()
                .satisfies(e -> assertThat(e.job().group()).isEqualTo("order"));
        scheduler.left(new MeterId("m"));
        assertThat(course.isOver()).isTrue();
        VisitCourse again = new VisitCourse(scheduler, scheduler.next(false, 0).orElseThrow());
        assertThat(again.job().group()).isEqualTo("load");
        assertThat(again.isRetry()).isFalse();
    }

    @Test
    @DisplayName("Scheduling 3: all work for the meter is drained, also what waits for its next try")
    void drainsAll() {
        VisitCourse first = visit("load", "m", Priority.TODAY);
        assertThat(first.failed(Ko.METER_SILENT, "no answer", ONE, 0)).isEmpty();
        scheduler.left(new MeterId("m"));
        VisitCourse second = new VisitCourse(scheduler, scheduler.next(false, 0).orElseThrow());
        second.failed(Ko.METER_SILENT, "no answer", ONE, 0);
        scheduler.left(new MeterId("m"));
        assertThat(scheduler.next(false, SECOND)).as("30 s of pause").isEmpty();
        submit("order", "m", Priority.ON_DEMAND);
        submit("gaps", "m", Priority.GAPS);
        VisitCourse course =
                new VisitCourse(scheduler, scheduler.next(false, SECOND).orElseThrow());
        assertThat(List.of(ended(course), ended(course), ended(course)))
                .startsWith("order")
                .containsExactlyInAnyOrder("order", "load", "gaps");
        assertThat(course.isOver()).isTrue();
    }

    @Test
    @DisplayName("R28: the express place is not given to the load of the same meter; the next order finds it free")
    void expressDoesNotDrainTheLoad() {
        submit("load", "m", Priority.TODAY);
        submit("order", "m", Priority.ON_DEMAND);
        submit("order2", "m", Priority.CONTROL);
        VisitCourse course = new VisitCourse(scheduler, scheduler.next(true, 0).orElseThrow());
        assertThat(List.of(ended(course), ended(course))).containsExactly("order", "order2");
        assertThat(course.isOver()).isTrue();
        assertThat(scheduler.queued()).isEqualTo(1);
    }

    @Test
    @DisplayName("R50: any answer of a lost meter is told at its first step, while more may be drained")
    void contactIsToldAtOnce() {
        reachability.missed(new MeterId("m"), Ko.METER_SILENT, 1, 0);
        reachability.onChange((meter, now, why) -> submit("catch-up", "m", Priority.GAPS));
        VisitCourse course = visit("order", "m", Priority.ON_DEMAND);
        assertThat(ended(course)).isEqualTo("order");
        assertThat(course.isOver()).isFalse();
        assertThat(ended(course)).isEqualTo("catch-up");
    }

    @Test
    @DisplayName("R33: a job given up says nothing about the meter")
    void givenUp() {
        VisitCourse course = visit("load", "m", Priority.TODAY);
        assertThat(course.givenUp(Ko.INTERNAL, "a fault", 0).result())
                .isEqualTo(new JobResult.Unreached(Ko.INTERNAL, "a fault", 1));
        assertThat(reachability.state(new MeterId("m"))).isEqualTo(Reachability.State.UNKNOWN);
        assertThat(scheduler.queued()).isZero();
    }

    @Test
    @DisplayName("R28 D14: an order waits for one exchange of the load, not for one before each of its own")
    void mediumIsKeptForTheOrder() {
        AirtimeOrder order = new AirtimeOrder(1);
        AirtimeOrder.Ticket load = order.ask(Priority.TODAY, 0);
        AirtimeOrder.Ticket first = order.ask(Priority.ON_DEMAND, 0);
        order.giveBack(load, 3 * SECOND);
        assertThat(first.isGranted()).isTrue();
        AirtimeOrder.Ticket next = order.ask(Priority.TODAY, 3 * SECOND);
        order.giveBack(first, 4 * SECOND);
        assertThat(next.isGranted()).isFalse();
        AirtimeOrder.Ticket second = order.ask(Priority.ON_DEMAND, 4 * SECOND + AirtimeOrder.KEPT / 2);
        assertThat(second.isGranted()).isTrue();
        order.giveBack(second, 5 * SECOND);
        assertThat(order.grant(5 * SECOND + AirtimeOrder.KEPT)).isEqualTo(Long.MAX_VALUE);
        assertThat(next.isGranted()).as("the order has ended").isTrue();
    }

    @Test
    @DisplayName(
            "Scheduling 2: a flood of orders leaves the waiting load a fifth of the exchanges, and owes it no more")
    void shareOfExchanges() {
        AirtimeOrder order = new AirtimeOrder(1);
        long now = 0;
        for (int i = 0; i < 200; i++) {
            // Nobody of the load waits: these orders take nothing from it.
            AirtimeOrder.Ticket alone = order.ask(Priority.ON_DEMAND, now);
            now += SECOND;
            order.giveBack(alone, now);
        }
        List<String> granted = new ArrayList<>();
        AirtimeOrder.Ticket load = order.ask(Priority.GAPS, now);
        AirtimeOrder.Ticket urgent = order.ask(Priority.ON_DEMAND, now);
        for (int i = 0; i < 100; i++) {
            now += SECOND;
            if (load.isGranted()) {
                granted.add("load");
                order.giveBack(load, now);
                load = order.ask(Priority.GAPS, now);
            } else {
                assertThat(urgent.isGranted()).isTrue();
                granted.add("order");
                AirtimeOrder.Ticket last = urgent;
                urgent = order.ask(Priority.ON_DEMAND, now);
                order.giveBack(last, now);
            }
        }
        assertThat(granted.stream().filter("load"::equals).count()).isBetween(19L, 23L);
    }

    @Test
    @DisplayName("Scheduling 1: capacity may change while exchanges are under way")
    void capacityChanges() {
        AirtimeOrder order = new AirtimeOrder(2);
        List<AirtimeOrder.Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tickets.add(order.ask(Priority.TODAY, 0));
        }
        assertThat(granted(tickets)).isEqualTo(2);
        order.capacity(3, 0);
        assertThat(granted(tickets)).isEqualTo(3);
        order.capacity(1, 0);
        order.giveBack(tickets.get(0), 1);
        order.giveBack(tickets.get(1), 1);
        assertThat(tickets.get(3).isGranted()).as("one is still under way").isFalse();
        order.giveBack(tickets.get(2), 2);
        assertThat(tickets.get(3).isGranted()).isTrue();
    }

    private static long granted(List<AirtimeOrder.Ticket> tickets) {
        return tickets.stream().filter(AirtimeOrder.Ticket::isGranted).count();
    }

    private static String ended(VisitCourse course) {
        return course.stepped(false, ONE, Instant.EPOCH, 0)
                .map(e -> e.job().group())
                .orElse("nothing");
    }

    private VisitCourse visit(String group, String meter, Priority lane) {
        submit(group, meter, lane);
        Optional<MediumScheduler.Attempt> next = scheduler.next(false, 0);
        return new VisitCourse(scheduler, next.orElseThrow());
    }

    private void submit(String group, String meter, Priority lane) {
        scheduler.submit(
                new MeterJob(group, MediumSchedulerTest.meter(meter), lane, HOUR, session -> false, result -> {}), 0);
    }
}
