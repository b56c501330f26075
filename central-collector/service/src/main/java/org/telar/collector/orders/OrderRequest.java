package org.telar.collector.orders;

import java.time.Duration;
import java.util.Optional;

import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
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
    private static final Duration LONGEST_RANGE = Duration.ofDays(45);
    private static final Duration LONGEST_DEADLINE = Duration.ofDays(1);

    public OrderRequest {
        boolean ranged = type == Order.Type.READ_PROFILE || type == Order.Type.READ_CLOSINGS;
        if (type == Order.Type.RUN_N2PLOAD) {
            throw new IllegalArgumentException("RUN_N2PLOAD is an order to a gateway, not to a meter");
        }
        if (ranged && range.isEmpty()) {
            throw new IllegalArgumentException(type + " needs from and to");
        }
        if (!ranged && range.isPresent()) {
            throw new IllegalArgumentException(type + " takes no from and to");
        }
        if (range.filter(r -> Duration.between(r.from(), r.to()).compareTo(LONGEST_RANGE) > 0)
                .isPresent()) {
            throw new IllegalArgumentException("a range is at most " + LONGEST_RANGE.toDays() + " days");
        }
        if (deadline.filter(d -> d.isNegative() || d.isZero() || d.compareTo(LONGEST_DEADLINE) > 0)
                .isPresent()) {
            throw new IllegalArgumentException("a deadline is above zero and at most one day");
        }
        if (idempotencyKey.filter(k -> k.isBlank() || k.length() > 128).isPresent()) {
            throw new IllegalArgumentException("an Idempotency-Key has 1 to 128 characters");
        }
    }

    /** What must be equal for two requests of one key to be the same. */
    String fingerprint() {
        return meter + "|" + type + "|" + range + "|" + source;
    }
}
