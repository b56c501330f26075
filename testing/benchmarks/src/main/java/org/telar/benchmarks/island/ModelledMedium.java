package org.telar.benchmarks.island;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import org.telar.acquisition.AirtimeOrder;
import org.telar.acquisition.MediumScheduler;
import org.telar.acquisition.Reachability;
import org.telar.acquisition.RetryPolicy;
import org.telar.acquisition.Timeouts;
import org.telar.acquisition.VisitCourse;
import org.telar.api.model.MeterId;

/**
 * What {@code Medium} does with threads and channels, with events and a model: one place for visits, one more for express
 * lanes, and the airtime between them. Every decision is the product's.
 */
final class ModelledMedium {
    /** A base node: one exchange at a time. */
    private static final int IN_FLIGHT = 1;

    /** How an exchange went: its time on the medium, and whether the answer came in time. */
    record Held(long nanos, boolean answered) {}

    private record Wish(AirtimeOrder.Ticket ticket, Runnable granted) {}

    private static final class Place {
        private final boolean express;
        private boolean taken;

        private Place(boolean express) {
            this.express = express;
        }
    }

    private final Events events;
    private final MeterDay day;
    private final PrimeModel model;
    private final Random dice;
    private final Tally tally;
    private final Function<MeterId, IslandMeter> meters;
    private final MediumScheduler scheduler;
    private final AirtimeOrder order = new AirtimeOrder(IN_FLIGHT);
    private final List<Wish> wishes = new ArrayList<>();
    private final List<Place> places = List.of(new Place(false), new Place(true));
    private final Set<MeterId> away = new HashSet<>();
    private int held;
    private long wakeAt = Long.MAX_VALUE;

    ModelledMedium(
            Events events,
            MeterDay day,
            PrimeModel model,
            long seed,
            Reachability reachability,
            Tally tally,
            Function<MeterId, IslandMeter> meters) {
        this.meters = meters;
        this.events = events;
        this.day = day;
        this.model = model;
        this.tally = tally;
        this.dice = new Random(seed + 3);
        this.scheduler = new MediumScheduler(
                Timeouts.DEFAULT, RetryPolicy.DEFAULT, IN_FLIGHT, reachability, new Random(seed + 2));
    }

    Events events() {
        return events;
    }

    MeterDay day() {
        return day;
    }

    MediumScheduler scheduler() {
        return scheduler;
    }

    /** What the driver remembers: meters that were silent to every client the last time. */
    Set<MeterId> away() {
        return away;
    }

    /** A request is outstanding, or segments move. */
    boolean isBusy() {
        return held > 0;
    }

    /** Gives every free place a visit, if there is one. */
    void look() {
        long now = events.now();
        scheduler.expire(now).forEach(e -> e.job().done().accept(e.result()));
        for (Place place : places) {
            if (!place.taken) {
                scheduler.next(place.express, now).ifPresent(attempt -> {
                    place.taken = true;
                    IslandMeter meter = meters.apply(attempt.job().meter().id());
                    new ModelledVisit(this, attempt, meter, () -> {
                                place.taken = false;
                                look();
                            })
                            .begin();
                });
            }
        }
        long wake = scheduler.wakeAt(now);
        if (wake > now && wake < wakeAt) {
            wakeAt = wake;
            events.at(wake, () -> {
                wakeAt = Long.MAX_VALUE;
                look();
            });
        }
    }

    /**
     * One exchange of a visit, as soon as it is granted.
     *
     * @param wait longest wait for the answer
     * @param then told when the medium is free again
     */
    void exchange(VisitCourse course, MeterDay.Exchange apdus, IslandMeter meter, Duration wait, Consumer<Held> then) {
        AirtimeOrder.Ticket ticket = order.ask(course.job().priority(), events.now());
        wishes.add(new Wish(ticket, () -> {
            PrimeModel.Outcome outcome = model.exchange(apdus, meter.isThere(events.now()), dice);
            boolean inTime = outcome.answered() && outcome.nanos() <= wait.toNanos();
            // Given up is not silent yet: a late answer still moves, and the base node sends nothing else meanwhile.
            Held result = new Held(inTime ? outcome.nanos() : Math.max(outcome.nanos(), wait.toNanos()), inTime);
            held++;
            tally.exchange(course.job().priority(), course.isRetry(), result.nanos());
            events.after(Duration.ofNanos(result.nanos()), () -> {
                held--;
                order.giveBack(ticket, events.now());
                then.accept(result);
                grant();
            });
        }));
        grant();
    }

    private void grant() {
        long again = order.grant(events.now());
        if (again < Long.MAX_VALUE) {
            events.after(Duration.ofNanos(again), this::grant);
        }
        for (Iterator<Wish> i = wishes.iterator(); i.hasNext(); ) {
            Wish wish = i.next();
            if (wish.ticket().isGranted()) {
                i.remove();
                events.after(Duration.ZERO, wish.granted());
            }
        }
    }
}
