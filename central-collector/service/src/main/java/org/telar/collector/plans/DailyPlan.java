package org.telar.collector.plans;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.springframework.stereotype.Component;
import org.telar.collector.platform.CollectorSettings;
import org.telar.contract.Order;

/**
 * The plan that comes with every installed meter (R30, R62): once a day N2PLoad at its concentrator, for those meters
 * that the concentrator's own agenda has not brought that day (D12). Its window is long, so that it catches up after
 * downtime of a part. A meter names another periodic plan, or none, in its column {@code plan}.
 */
@Component
class DailyPlan {
    static final String ID = "daily";
    private static final LocalDate ALWAYS = LocalDate.of(2020, 1, 1);

    private final PlanBook book;
    private final CollectorSettings settings;

    DailyPlan(PlanBook book, CollectorSettings settings) {
        this.book = book;
        this.settings = settings;
    }

    void ensure() {
        CollectorSettings.Plans s = settings.plans();
        if (!s.daily()) {
            return;
        }
        PlanSchedule schedule = new PlanSchedule(
                settings.zone(),
                List.of(),
                Optional.of(ALWAYS),
                Optional.empty(),
                Set.of(),
                List.of(new PlanSchedule.Hours(s.dailyFrom(), s.dailyUntil())));
        PlanSpec spec = new PlanSpec(
                List.of(PlanCommand.of(Order.Type.RUN_N2PLOAD)),
                schedule,
                Optional.of(new MeterFilter("", "", "", "CONCENTRATED", ID)),
                PlanSpec.Ordering.GATEWAY,
                s.concentrators(),
                1,
                s.tries(),
                s.retryAfter(),
                Duration.ofHours(1));
        book.ensure(ID, "N2PLoad", spec);
    }
}
