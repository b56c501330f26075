package org.telar.collector.orders;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.contract.Order;

/**
 * An order as it stands.
 *
 * @param meter empty for an order to the concentrator
 * @param ko code of D13, empty when nothing went wrong
 * @param who who refused: centre, concentrator or meter
 * @param parameters what the type needs besides, see the message contract
 * @param bulk one of a plan: it waits behind those of people, and its readings leave with the others of its run (D10)
 */
public record StoredOrder(
        String id,
        Order.Type type,
        String meter,
        String gateway,
        Optional<TimeRange> range,
        Order.Source source,
        OrderState state,
        String ko,
        String who,
        String detail,
        int attempts,
        Instant createdAt,
        Instant deadline,
        Optional<Instant> sentAt,
        Optional<Instant> receiptAt,
        Optional<Instant> finishedAt,
        boolean bulk,
        Map<String, String> parameters) {

    Order message() {
        Optional<MeterId> to = meter.isEmpty() ? Optional.empty() : Optional.of(new MeterId(meter));
        return new Order(id, type, to, range, source, deadline, parameters);
    }
}
