package org.telar.collector.plans;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.telar.collector.BadInput;

/**
 * What a plan does, as it is kept.
 *
 * @param commands 1 to 16, in the order they are sent to a meter
 * @param schedule its windows
 * @param filter meters chosen anew at each run; empty = the list it was given
 * @param order in which meters are taken (R63)
 * @param concurrency orders open at a time, 1..10,000; for RUN_N2PLOAD concentrators at a time
 * @param perGateway orders of all plans open at one concentrator at a time, 1..1,000
 * @param tries of an item within its window, 1..20 (R75)
 * @param retryAfter pause before the next try, at least a second
 * @param deadline of one order, at most a day; never later than the window's end
 */
public record PlanSpec(
        List<PlanCommand> commands,
        PlanSchedule schedule,
        Optional<MeterFilter> filter,
        Ordering order,
        int concurrency,
        int perGateway,
        int tries,
        Duration retryAfter,
        Duration deadline) {
    private static final int MOST_COMMANDS = 16;

    /** How members are ordered. */
    public enum Ordering {
        /** As the list has them. */
        GIVEN,
        /** By number. */
        METER,
        /** By concentrator, then number. */
        GATEWAY
    }

    public PlanSpec {
        commands = List.copyOf(commands);
        if (commands.isEmpty() || commands.size() > MOST_COMMANDS) {
            throw new BadInput("PLAN_COMMANDS", commands.size());
        }
        if (commands.size() > 1 && commands.stream().anyMatch(PlanCommand::loads)) {
            throw new BadInput("PLAN_COMMAND_ALONE");
        }
        limit("concurrency", 1, 10_000, concurrency);
        limit("perGateway", 1, 1_000, perGateway);
        limit("tries", 1, 20, tries);
        limit("retryAfter (s)", 1, 86_400, retryAfter.toSeconds());
        limit("deadline (s)", 1, 86_400, deadline.toSeconds());
    }

    private static void limit(String name, long least, long most, long value) {
        if (value < least || value > most) {
            throw new BadInput("PLAN_LIMITS", name, least, most, value);
        }
    }

    boolean loads() {
        return commands.get(0).loads();
    }
}
