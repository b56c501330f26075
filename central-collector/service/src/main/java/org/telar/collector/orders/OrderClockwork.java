package org.telar.collector.orders;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Ko;
import org.telar.api.platform.EventSink.Severity;
import org.telar.collector.events.EventStore;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.collector.integration.PendingWork;
import org.telar.contract.Event;

/**
 * Moves orders on: sends what is to be sent, sends again what had no receipt in time (D15), ends what is over its
 * deadline. Everything it knows is in the database, so a restart loses nothing. {@link #tick} may be called at any
 * time, by one thread.
 */
public final class OrderClockwork {
    private static final Logger LOG = LoggerFactory.getLogger(OrderClockwork.class);
    private static final int AT_ONCE = 200;

    private final OrderBook book;
    private final Downlink downlink;
    private final TransactionTemplate transactions;
    private final EventStore events;
    private final PendingWork pending;
    private final Clock clock;
    private final Duration receipt;

    /** @param receipt how long a concentrator may take to say that it has an order */
    public OrderClockwork(
            OrderBook book,
            Downlink downlink,
            TransactionTemplate transactions,
            EventStore events,
            PendingWork pending,
            Clock clock,
            Duration receipt) {
        this.book = book;
        this.downlink = downlink;
        this.transactions = transactions;
        this.events = events;
        this.pending = pending;
        this.clock = clock;
        this.receipt = receipt;
    }

    public void tick() {
        for (StoredOrder o : book.overdue(AT_ONCE)) {
            expire(o);
        }
        if (downlink.isConnected()) {
            for (StoredOrder o : claimed()) {
                send(o);
            }
        }
    }

    private List<StoredOrder> claimed() {
        List<StoredOrder> orders = transactions.execute(status -> book.claim(AT_ONCE, receipt));
        return orders == null ? List.of() : orders;
    }

    private void send(StoredOrder o) {
        Instant now = clock.instant();
        try {
            downlink.order(o.gateway(), o.message(), Duration.between(now, o.deadline()));
            if (o.attempts() > 1) {
                suspect(o, now);
            }
        } catch (Downlink.LinkDownException e) {
            book.notSent(o);
            LOG.info("Order {} waits: {}", o.id(), e.getMessage());
        }
    }

    private void suspect(StoredOrder o, Instant now) {
        String text = "Gateway " + o.gateway() + " did not say within " + receipt.toSeconds() + " s that it has order "
                + o.id() + "; the order was sent again.";
        events.raise(
                o.gateway(),
                new Event(
                        "receipt/" + o.id(),
                        now,
                        "RECEIPT_MISSING",
                        Severity.WARNING,
                        o.meter(),
                        text,
                        Map.of("order", o.id())));
    }

    private void expire(StoredOrder o) {
        boolean had = o.receiptAt().isPresent();
        String detail = had
                ? "no result within the deadline"
                : o.sentAt().isPresent()
                        ? "the concentrator never said that it has the order"
                        : "the order could not be sent within the deadline";
        transactions.executeWithoutResult(status -> {
            if (book.finish(
                            o.id(),
                            OrderState.EXPIRED,
                            Optional.of(had ? Ko.DEADLINE : Ko.CONCENTRATOR_DOWN),
                            "centre",
                            detail)
                    && !o.bulk()) {
                pending.ended(o.id());
            }
        });
    }
}
