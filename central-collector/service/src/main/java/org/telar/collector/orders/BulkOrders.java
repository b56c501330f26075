package org.telar.collector.orders;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.springframework.stereotype.Component;
import org.telar.api.model.Ko;
import org.telar.api.model.TimeRange;
import org.telar.collector.registry.MeterState;
import org.telar.contract.Order;

/**
 * Orders of plans: the same checks before any traffic (R22), the same life, behind those of people. Thread-safe; joins
 * the caller's transaction.
 */
@Component
public class BulkOrders {
    private final OrderBook book;
    private final Clock clock;

    /** @param state of the meter in the registry, now */
    public record Item(
            String meter,
            MeterState state,
            String gateway,
            Order.Type type,
            Order.Source source,
            Optional<TimeRange> range) {}

    public BulkOrders(OrderBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    /**
     * Places orders, each VALIDATED or REJECTED.
     *
     * @param group the run of the plan: readings of its orders leave together (D10), see {@link #groupOf}
     * @return their ids, in the order of the items
     */
    public List<String> place(String group, List<Item> items, Instant deadline, String requester) {
        Instant now = clock.instant();
        List<StoredOrder> orders =
                items.stream().map(i -> order(group, i, now, deadline)).toList();
        book.insertAll(orders, requester);
        return orders.stream().map(StoredOrder::id).toList();
    }

    private static StoredOrder order(String group, Item i, Instant now, Instant deadline) {
        Optional<Ko> refusal = Orders.refusal(Optional.of(i.state()));
        return new StoredOrder(
                groupOf(group) + "." + UUID.randomUUID(),
                i.type(),
                i.meter(),
                i.gateway(),
                i.range(),
                i.source(),
                refusal.isPresent() ? OrderState.REJECTED : OrderState.VALIDATED,
                refusal.map(Ko::name).orElse(""),
                refusal.isPresent() ? "centre" : "",
                refusal.map(ko -> Orders.words(ko, i.meter())).orElse(""),
                0,
                now,
                deadline,
                Optional.empty(),
                Optional.empty(),
                refusal.isPresent() ? Optional.of(now) : Optional.empty(),
                true,
                Map.of());
    }

    /** Under what name the readings of a group's orders wait to leave. */
    public static String groupOf(String group) {
        return "o-" + group;
    }
}
