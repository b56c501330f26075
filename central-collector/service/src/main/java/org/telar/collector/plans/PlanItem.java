package org.telar.collector.plans;

import java.time.Instant;
import java.util.Optional;

import org.telar.contract.Order;

/**
 * One command for one meter in one run.
 *
 * @param ord place of the meter in the plan's order
 * @param state WAITING, SENT, EXE, WARN, FAIL, CANCELLED, EXPIRED
 * @param order the latest order that was sent for it; for RUN_N2PLOAD the run
 * @param nextAt when it is tried next, while it waits
 */
public record PlanItem(
        int ord,
        String meter,
        Order.Type command,
        String state,
        int tries,
        Optional<String> order,
        String ko,
        Optional<Instant> nextAt,
        Optional<Instant> finishedAt) {}
