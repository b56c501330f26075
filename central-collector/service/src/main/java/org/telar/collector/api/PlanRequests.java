package org.telar.collector.api;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.springframework.stereotype.Component;
import org.telar.collector.BadInput;
import org.telar.collector.plans.MeterFilter;
import org.telar.collector.plans.PlanCommand;
import org.telar.collector.plans.PlanRequest;
import org.telar.collector.plans.PlanSchedule;
import org.telar.collector.plans.PlanSpec;
import org.telar.collector.platform.CollectorSettings;
import org.telar.contract.Order;

/** Turns what the API was given into a plan's request, with the defaults of the product. */
@Component
class PlanRequests {
    private final CollectorSettings settings;
    private final Clock clock;

    /** All but name, commands and meters may be left out: then it runs at once, for a day at most. */
    record Body(
            String name,
            List<Command> commands,
            List<String> meters,
            Filter filter,
            Boolean draft,
            String zone,
            List<LocalDate> dates,
            LocalDate from,
            LocalDate until,
            Set<DayOfWeek> days,
            List<Hours> hours,
            PlanSpec.Ordering order,
            Integer concurrency,
            Integer perGateway,
            Integer tries,
            Duration retryAfter,
            Duration deadline) {}

    record Command(Order.Type type, Order.Source source, Integer lastDays, Instant from, Instant to) {}

    record Filter(String gateway, String model, String zone, String mode, String plan) {}

    record Hours(LocalTime start, LocalTime end) {}

    PlanRequests(CollectorSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    PlanRequest request(Body b, String requester, Optional<String> key) {
        PlanSpec spec = new PlanSpec(
                or(b.commands(), List.<Command>of()).stream()
                        .map(PlanRequests::command)
                        .toList(),
                schedule(b),
                Optional.ofNullable(b.filter()).map(PlanRequests::filter),
                or(b.order(), PlanSpec.Ordering.GIVEN),
                or(b.concurrency(), 1_000),
                or(b.perGateway(), 8),
                or(b.tries(), 3),
                or(b.retryAfter(), Duration.ofMinutes(10)),
                or(b.deadline(), settings.orders().deadline()));
        return new PlanRequest(b.name(), spec, or(b.meters(), List.of()), or(b.draft(), false), requester, key);
    }

    private static PlanCommand command(Command c) {
        if (c == null || c.type() == null) {
            throw new BadInput("PLAN_COMMANDS", "-");
        }
        return new PlanCommand(
                c.type(),
                or(c.source(), Order.Source.METER),
                Optional.ofNullable(c.lastDays()),
                Optional.ofNullable(c.from()),
                Optional.ofNullable(c.to()));
    }

    private static MeterFilter filter(Filter f) {
        return new MeterFilter(
                or(f.gateway(), ""), or(f.model(), ""), or(f.zone(), ""), or(f.mode(), ""), or(f.plan(), ""));
    }

    private PlanSchedule schedule(Body b) {
        ZoneId zone = b.zone() == null ? settings.zone() : zone(b.zone());
        boolean dated = b.dates() != null || b.from() != null;
        if (!dated && b.hours() == null) {
            return now(zone);
        }
        return new PlanSchedule(
                zone,
                or(b.dates(), List.of()),
                dated ? Optional.ofNullable(b.from()) : Optional.of(LocalDate.ofInstant(clock.instant(), zone)),
                Optional.ofNullable(b.until()),
                or(b.days(), Set.of()),
                or(b.hours(), List.<Hours>of()).stream()
                        .map(h -> new PlanSchedule.Hours(h.start(), h.end()))
                        .toList());
    }

    /** From this minute for a day less a minute. */
    private PlanSchedule now(ZoneId zone) {
        var local = clock.instant().atZone(zone);
        LocalTime start = LocalTime.of(local.getHour(), local.getMinute());
        return new PlanSchedule(
                zone,
                List.of(local.toLocalDate()),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                List.of(new PlanSchedule.Hours(start, start.minusMinutes(1))));
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (java.time.DateTimeException e) {
            throw new BadInput("UNKNOWN_ZONE", name);
        }
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
