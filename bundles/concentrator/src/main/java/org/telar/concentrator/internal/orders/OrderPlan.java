package org.telar.concentrator.internal.orders;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

import org.telar.acquisition.LoadPlan;
import org.telar.acquisition.LocalDays;
import org.telar.api.meter.Meter;
import org.telar.api.meter.ReadRequest;
import org.telar.api.model.Obis;
import org.telar.api.model.TimeRange;
import org.telar.concentrator.internal.Settings;
import org.telar.concentrator.internal.load.MeterParameters;
import org.telar.contract.Order;

/**
 * The reads an order means.
 *
 * @param range what is read from the store for an order to the concentrator
 * @param reads what is asked of the meter
 * @param expected what should come
 */
record OrderPlan(Optional<TimeRange> range, List<ReadRequest> reads, Reading.Plan expected) {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration LAST_PERIOD = Duration.ofDays(62);

    /**
     * Plans a reading order.
     *
     * @throws IllegalArgumentException with a sentence when its range cannot be read
     */
    static OrderPlan of(Order order, Meter meter, Instant now, Settings settings) {
        int perRead = settings.slotsPerRead();
        return switch (order.type()) {
            case READ_PROFILE -> profile(order, meter, now, perRead);
            case READ_CLOSINGS -> closings(order, meter, now, perRead);
            case READ_BILLING -> billing(order, now);
            case READ_STATUS -> status(settings.statusWords());
            case READ_INSTANT -> registers(order, settings.instantRegisters());
            default -> registers(order, settings.registers());
        };
    }

    private static OrderPlan status(List<Obis> words) {
        return new OrderPlan(
                Optional.empty(),
                List.of(new ReadRequest(List.of(), List.of(), List.of(), true, words)),
                new Reading.Plan(0, 0, words.size()));
    }

    private static OrderPlan registers(Order order, List<Obis> registers) {
        return new OrderPlan(
                order.range(),
                List.of(new ReadRequest(List.of(), List.of(), registers, true, List.of())),
                new Reading.Plan(0, 1, 0));
    }

    /** Without a range: what ended within the last two months, which is at least one billing period. */
    private static OrderPlan billing(Order order, Instant now) {
        TimeRange asked = order.range().orElse(new TimeRange(now.minus(LAST_PERIOD), now));
        checkLength(asked);
        Instant to = earlier(asked.to(), now);
        if (!to.isAfter(asked.from())) {
            throw new IllegalArgumentException("no closing lies within " + asked.from() + " to " + asked.to());
        }
        TimeRange range = new TimeRange(asked.from(), to);
        return new OrderPlan(
                Optional.of(range), List.of(ReadRequest.billing(List.of(range))), new Reading.Plan(0, 1, 0));
    }

    private static OrderPlan profile(Order order, Meter meter, Instant now, int perRead) {
        Duration period = MeterParameters.period(meter);
        TimeRange asked = order.range().orElseGet(() -> today(meter, now, period));
        checkLength(asked);
        Instant from = onGrid(asked.from(), meter, period);
        Instant to = onGrid(earlier(asked.to(), now), meter, period);
        if (!to.isAfter(from)) {
            throw new IllegalArgumentException("no interval ends within " + asked.from() + " to " + asked.to());
        }
        TimeRange range = new TimeRange(from, to);
        List<ReadRequest> reads = LoadPlan.of(List.of(range), List.of(), List.of(), period, perRead);
        return new OrderPlan(
                Optional.of(range),
                reads,
                new Reading.Plan(Duration.between(from, to).dividedBy(period), 0, 0));
    }

    private static TimeRange today(Meter meter, Instant now, Duration period) {
        Instant end = onGrid(now, meter, period);
        Instant start = LocalDays.start(LocalDays.dayOf(end, period, meter.zone()), meter.zone());
        return new TimeRange(start, end);
    }

    private static OrderPlan closings(Order order, Meter meter, Instant now, int perRead) {
        Instant midnight = LocalDays.start(LocalDays.dayOf(now, meter.zone()), meter.zone());
        TimeRange asked = order.range().orElse(new TimeRange(midnight.minusSeconds(1), midnight));
        checkLength(asked);
        Instant to = earlier(asked.to(), now);
        if (!to.isAfter(asked.from())) {
            throw new IllegalArgumentException("no closing lies within " + asked.from() + " to " + asked.to());
        }
        TimeRange range = new TimeRange(asked.from(), to);
        long due = 0;
        for (LocalDate day = LocalDays.dayOf(to, meter.zone());
                range.contains(LocalDays.start(day, meter.zone()));
                day = day.minusDays(1)) {
            due++;
        }
        return new OrderPlan(
                Optional.of(range),
                LoadPlan.of(List.of(), List.of(range), List.of(), Duration.ofDays(1), perRead),
                new Reading.Plan(0, due, 0));
    }

    private static void checkLength(TimeRange range) {
        if (Duration.between(range.from(), range.to()).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "at most 366 days can be read, asked for " + range.from() + " to " + range.to());
        }
    }

    /** Down to the capture grid of the local day (D5). */
    private static Instant onGrid(Instant at, Meter meter, Duration period) {
        Instant start = LocalDays.start(LocalDays.dayOf(at, meter.zone()), meter.zone());
        return start.plus(period.multipliedBy(Duration.between(start, at).dividedBy(period)));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
