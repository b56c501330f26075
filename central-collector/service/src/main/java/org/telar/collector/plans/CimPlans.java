package org.telar.collector.plans;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.collector.BadInput;
import org.telar.collector.integration.requests.OrderDesk;
import org.telar.collector.integration.requests.PlanDesk;
import org.telar.collector.platform.CollectorSettings;
import org.telar.contract.Order;

/** Plans for MeterReadSchedule messages: the same rules as for any other. Thread-safe. */
@Component
class CimPlans implements PlanDesk {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int MOST_REFUSALS = 1_000;

    private final Plans plans;
    private final PlanBook book;
    private final RefusalBook refusals;
    private final TransactionTemplate savepoint;
    private final CollectorSettings settings;

    CimPlans(
            Plans plans,
            PlanBook book,
            RefusalBook refusals,
            TransactionTemplate transactions,
            CollectorSettings settings) {
        this.plans = plans;
        this.book = book;
        this.refusals = refusals;
        this.savepoint = new TransactionTemplate(transactions.getTransactionManager());
        this.savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        this.settings = settings;
    }

    /** A plan that is refused leaves the caller's transaction as it was. */
    @Override
    public Taken create(Plan p) {
        PlanSpec spec = new PlanSpec(
                p.what().stream().sorted().map(CimPlans::command).toList(),
                schedule(p, settings.zone()),
                Optional.empty(),
                PlanSpec.Ordering.GIVEN,
                1_000,
                8,
                3,
                Duration.ofMinutes(10),
                settings.orders().deadline());
        String key = UUID.nameUUIDFromBytes(p.name().getBytes(StandardCharsets.UTF_8))
                .toString();
        PlanRequest request = new PlanRequest(p.name(), spec, p.meters(), false, p.requester(), Optional.of(key));
        StoredPlan plan = savepoint.execute(status -> plans.create(request).plan());
        List<Refusal> refused = refusals.list(plan, 0, MOST_REFUSALS).stream()
                .map(CimPlans::refusal)
                .toList();
        return new Taken(plan.id(), refused);
    }

    private static PlanCommand command(OrderDesk.What what) {
        return switch (what) {
            case REGISTERS -> PlanCommand.of(Order.Type.READ_REGISTERS);
            case PROFILE -> daily(Order.Type.READ_PROFILE);
            case CLOSINGS -> daily(Order.Type.READ_CLOSINGS);
        };
    }

    private static PlanCommand daily(Order.Type type) {
        return new PlanCommand(type, Order.Source.METER, Optional.of(1), Optional.empty(), Optional.empty());
    }

    private static Refusal refusal(RefusalBook.Refusal r) {
        boolean unable = r.code().equals("UNSUPPORTED");
        String words = unable
                ? "meter " + r.meter() + " cannot do "
                        + r.command().map(Order.Type::name).orElse("any of it")
                : "there is no meter " + r.meter();
        return new Refusal(
                r.meter(),
                unable ? "2.10" : "2.4",
                r.code().equals("METER_NUMBER") ? "UNKNOWN_METER" : r.code(),
                words);
    }

    /** Once, daily, weekly, or every so many whole hours that divide a day; the hours are the windows' in the site's zone. */
    static PlanSchedule schedule(Plan p, ZoneId zone) {
        LocalDate first = LocalDate.ofInstant(p.from(), zone);
        Optional<LocalDate> last = p.to().map(t -> LocalDate.ofInstant(t.minusSeconds(1), zone));
        List<PlanSchedule.Hours> hours = hours(p, zone);
        if (p.every().isEmpty()) {
            return new PlanSchedule(zone, List.of(first), Optional.empty(), Optional.empty(), Set.of(), hours);
        }
        Duration every = p.every().get();
        boolean weekly = every.equals(WEEK);
        boolean hourly = every.compareTo(HOUR) >= 0
                && every.toSeconds() % 3_600 == 0
                && DAY.toSeconds() % every.toSeconds() == 0;
        if (!weekly && !hourly) {
            throw new BadInput("PLAN_EVERY", every);
        }
        return new PlanSchedule(
                zone,
                List.of(),
                Optional.of(first),
                last.filter(l -> !l.isBefore(first)),
                weekly ? Set.of(first.getDayOfWeek()) : Set.of(),
                weekly || every.equals(DAY) ? hours : within(hours.get(0), every));
    }

    private static List<PlanSchedule.Hours> hours(Plan p, ZoneId zone) {
        if (p.windows().isEmpty()) {
            LocalTime start = local(p.from(), zone);
            boolean oneDay = p.every().isEmpty()
                    && p.to().filter(t -> Duration.between(p.from(), t).compareTo(DAY) < 0)
                            .isPresent();
            LocalTime end = oneDay ? local(p.to().get(), zone) : start.minusMinutes(1);
            return List.of(new PlanSchedule.Hours(start, end));
        }
        return p.windows().stream()
                .map(w -> new PlanSchedule.Hours(local(w.from(), zone), local(w.to(), zone)))
                .toList();
    }

    /** A window again and again through the day, at most as long as the pause between two beginnings. */
    private static List<PlanSchedule.Hours> within(PlanSchedule.Hours first, Duration every) {
        Duration length = Duration.between(first.start(), first.end());
        Duration positive = length.isNegative() ? length.plus(DAY) : length;
        Duration bounded = positive.compareTo(every) > 0 ? every : positive;
        List<PlanSchedule.Hours> hours = new ArrayList<>();
        for (Duration at = Duration.ZERO; at.compareTo(DAY) < 0; at = at.plus(every)) {
            LocalTime start = first.start().plus(at);
            hours.add(new PlanSchedule.Hours(start, start.plus(bounded)));
        }
        return hours;
    }

    private static LocalTime local(Instant at, ZoneId zone) {
        LocalTime t = LocalTime.ofInstant(at, zone);
        return LocalTime.of(t.getHour(), t.getMinute());
    }

    @Override
    public boolean cancel(String name, String by) {
        Optional<StoredPlan> plan = book.named(name);
        boolean open = plan.filter(p -> p.state() == StoredPlan.State.ACTIVE || p.state() == StoredPlan.State.PAUSED)
                .isPresent();
        if (open) {
            plans.cancel(plan.get().id());
        }
        return open;
    }
}
