package org.telar.collector.orders;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.collector.BadInput;
import org.telar.contract.Order;

/**
 * What somebody asks of a meter.
 *
 * @param range for profile and closings, at most 45 days
 * @param deadline empty = the default
 * @param requester who asks
 * @param idempotencyKey the same key of the same requester is the same order (G19); empty = always a new one
 */
public record OrderRequest(
        MeterId meter,
        Order.Type type,
        Optional<TimeRange> range,
        Order.Source source,
        Optional<Duration> deadline,
        String requester,
        Optional<String> idempotencyKey) {
    private static final Set<Order.Type> TO_GATEWAY =
            Set.of(Order.Type.RUN_N2PLOAD, Order.Type.RUN_ACTIVITY, Order.Type.CANCEL);
    private static final Set<Order.Type> RANGED =
            Set.of(Order.Type.READ_PROFILE, Order.Type.READ_CLOSINGS, Order.Type.READ_BILLING);
    private static final Duration LONGEST_RANGE = Duration.ofDays(45);
    private static final Duration LONGEST_DEADLINE = Duration.ofDays(1);

    public OrderRequest {
        if (TO_GATEWAY.contains(type)) {
            throw new BadInput("ORDER_TYPE", type);
        }
        if (RANGED.contains(type) && range.isEmpty()) {
            throw new BadInput("ORDER_RANGE", type);
        }
        if (!RANGED.contains(type) && type != Order.Type.READ_EVENTS && range.isPresent()) {
            throw new BadInput("ORDER_NO_RANGE", type);
        }
        if (range.filter(r -> Duration.between(r.from(), r.to()).compareTo(LONGEST_RANGE) > 0)
                .isPresent()) {
            throw new BadInput("ORDER_RANGE_LONG", LONGEST_RANGE.toDays());
        }
        if (deadline.filter(d -> d.isNegative() || d.isZero() || d.compareTo(LONGEST_DEADLINE) > 0)
                .isPresent()) {
            throw new BadInput("ORDER_DEADLINE", deadline.get());
        }
        if (idempotencyKey.filter(k -> k.isBlank() || k.length() > 128).isPresent()) {
            throw new BadInput("IDEMPOTENCY_KEY_FORM");
        }
    }

    /** What must be equal for two requests of one key to be the same. */
    String fingerprint() {
        return meter + "|" + type + "|" + range + "|" + source;
    }
}
