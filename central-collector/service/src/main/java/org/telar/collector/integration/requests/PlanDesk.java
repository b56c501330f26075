package org.telar.collector.integration.requests;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans as a MeterReadSchedule needs them. Implementations are thread-safe and join the caller's transaction. */
public interface PlanDesk {
    /**
     * A reading plan.
     *
     * @param name the request's Source and MessageID: unique
     * @param meters as named; unknown ones are refused one by one
     * @param what kinds of data
     * @param from first day's begin
     * @param to last day's end; empty = open
     * @param every recurrence; empty = once
     * @param windows hours: begin and end of the first one; empty = any time
     */
    record Plan(
            String name,
            List<String> meters,
            Set<OrderDesk.What> what,
            Instant from,
            Optional<Instant> to,
            Optional<Duration> every,
            List<Window> windows,
            String requester) {}

    record Window(Instant from, Instant to) {}

    /** A meter that the plan does not take, and why. */
    record Refusal(String meter, String code, String reason, String words) {}

    /** @param plan its id, empty when none was made */
    record Taken(String plan, List<Refusal> refusals) {}

    /** @throws IllegalArgumentException with a sentence, when the plan as a whole cannot be */
    Taken create(Plan plan);

    /** By the name it was created under. @return false when there is none, or it is over */
    boolean cancel(String name, String by);
}
