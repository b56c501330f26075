package org.telar.collector.plans;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

import org.telar.api.model.TimeRange;
import org.telar.collector.BadInput;
import org.telar.contract.Order;

/**
 * One command of a plan.
 *
 * @param lastDays for profile, closings and event logs: complete local days of the meter before the day it is read on, 1..45
 * @param from start of a fixed range, exclusive
 * @param to its end, inclusive
 */
public record PlanCommand(
        Order.Type type,
        Order.Source source,
        Optional<Integer> lastDays,
        Optional<Instant> from,
        Optional<Instant> to) {
    private static final Set<Order.Type> RANGED =
            Set.of(Order.Type.READ_PROFILE, Order.Type.READ_CLOSINGS, Order.Type.READ_BILLING);
    private static final Set<Order.Type> FREE = Set.of(Order.Type.READ_EVENTS);
    private static final Set<Order.Type> PERSONAL =
            Set.of(Order.Type.SET_CLOCK, Order.Type.COMMISSION, Order.Type.RUN_ACTIVITY, Order.Type.CANCEL);
    private static final int MOST_DAYS = 45;

    public PlanCommand {
        if (PERSONAL.contains(type)) {
            throw new BadInput("PLAN_COMMAND_TYPE", type);
        }
        boolean given = lastDays.isPresent() || from.isPresent() || to.isPresent();
        boolean fixed = from.isPresent() && to.isPresent() && isShort(from.get(), to.get());
        boolean days = lastDays.filter(d -> d >= 1 && d <= MOST_DAYS).isPresent();
        boolean one = days ? from.isEmpty() && to.isEmpty() : fixed && lastDays.isEmpty();
        if (given && !RANGED.contains(type) && !FREE.contains(type)) {
            throw new BadInput("PLAN_COMMAND_NO_RANGE", type);
        }
        if ((given || RANGED.contains(type)) && !one) {
            throw new BadInput("PLAN_COMMAND_RANGE", type);
        }
    }

    /** A command without a range, from the meter. */
    public static PlanCommand of(Order.Type type) {
        return new PlanCommand(type, Order.Source.METER, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static boolean isShort(Instant from, Instant to) {
        Duration length = Duration.between(from, to);
        return length.compareTo(Duration.ZERO) > 0 && length.compareTo(Duration.ofDays(MOST_DAYS)) <= 0;
    }

    /** The range an order sent now has, in the meter's civil time. */
    Optional<TimeRange> range(Instant now, ZoneId zone) {
        if (lastDays.isPresent()) {
            LocalDate today = LocalDate.ofInstant(now, zone);
            return Optional.of(new TimeRange(
                    today.minusDays(lastDays.get()).atStartOfDay(zone).toInstant(),
                    today.atStartOfDay(zone).toInstant()));
        }
        return from.map(f -> new TimeRange(f, to.orElseThrow()));
    }

    boolean loads() {
        return type == Order.Type.RUN_N2PLOAD;
    }
}
