package org.telar.collector.orders;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.telar.api.model.Ko;
import org.telar.collector.gatewaylink.Downlink;
import org.telar.collector.gatewaylink.GatewayListener;
import org.telar.collector.integration.PendingWork;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.registry.MeterState;
import org.telar.collector.registry.Meters;
import org.telar.contract.Order;

/** Takes orders, refuses them before any traffic (R22, G3), and cancels them. Thread-safe. */
@Component
public class Orders implements GatewayListener {
    /** Of messages that cancel another order: they are no orders of their own here. */
    static final String CANCEL_PREFIX = "c-";

    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);

    private final OrderBook book;
    private final Meters meters;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final PendingWork pending;
    private final ObjectProvider<Downlink> downlink;
    private final Duration defaultDeadline;

    /** The same key with another content. */
    public static final class KeyConflict extends Exception {
        private static final long serialVersionUID = 1L;

        KeyConflict(String order) {
            super("this Idempotency-Key belongs to order " + order + ", which asked for something else");
        }
    }

    /** @param repeated true when the key was known: nothing new was done */
    public record Taken(StoredOrder order, boolean repeated) {}

    public Orders(
            OrderBook book,
            Meters meters,
            TransactionTemplate transactions,
            Clock clock,
            PendingWork pending,
            ObjectProvider<Downlink> downlink,
            CollectorSettings settings) {
        this.book = book;
        this.meters = meters;
        this.transactions = transactions;
        this.clock = clock;
        this.pending = pending;
        this.downlink = downlink;
        this.defaultDeadline = settings.orders().deadline();
    }

    /** Creates an order, VALIDATED or REJECTED with its code (D13). */
    public Taken create(OrderRequest request) throws KeyConflict {
        byte[] fingerprint = sha256(request.fingerprint());
        Optional<Taken> earlier = repeated(request.requester(), request.idempotencyKey(), fingerprint);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Optional<Meters.Meter> meter = meters.find(request.meter().number());
        Optional<Ko> refusal = refusal(meter.map(Meters.Meter::state))
                .filter(ko -> request.type() != Order.Type.COMMISSION || ko != Ko.NOT_COMMISSIONED);
        Instant now = clock.instant();
        StoredOrder order = new StoredOrder(
                "o-" + UUID.randomUUID(),
                request.type(),
                request.meter().number(),
                meter.map(Meters.Meter::gateway).orElse(""),
                request.range(),
                request.source(),
                refusal.isPresent() ? OrderState.REJECTED : OrderState.VALIDATED,
                refusal.map(Ko::name).orElse(""),
                refusal.isPresent() ? "centre" : "",
                refusal.map(ko -> words(ko, request.meter().number())).orElse(""),
                0,
                now,
                now.plus(request.deadline().orElse(defaultDeadline)),
                Optional.empty(),
                Optional.empty(),
                refusal.isPresent() ? Optional.of(now) : Optional.empty(),
                false,
                Map.of());
        if (refusal.isPresent()) {
            return insert(order, request.requester(), request.idempotencyKey(), fingerprint);
        }
        return attachOr(request, fingerprint, order);
    }

    /** An order to a concentrator; the caller has checked that it exists. */
    public Taken createForGateway(
            String id,
            Order.Type type,
            String gateway,
            Map<String, String> parameters,
            Duration deadline,
            String requester,
            Optional<String> key)
            throws KeyConflict {
        byte[] fingerprint = sha256(gateway + "|" + type + "|" + new TreeMap<>(parameters));
        Optional<Taken> earlier = repeated(requester, key, fingerprint);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Instant now = clock.instant();
        StoredOrder order = new StoredOrder(
                id,
                type,
                "",
                gateway,
                Optional.empty(),
                Order.Source.METER,
                OrderState.VALIDATED,
                "",
                "",
                "",
                0,
                now,
                now.plus(deadline),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                parameters);
        return insert(order, requester, key, fingerprint);
    }

    /** To an open order for the same thing, or a new one (D22). */
    private Taken attachOr(OrderRequest request, byte[] fingerprint, StoredOrder fresh) throws KeyConflict {
        record Outcome(Taken taken, KeyConflict conflict) {}
        Outcome outcome = transactions.execute(status -> {
            book.serialize(request.meter().number());
            Optional<StoredOrder> open = book.openFor(request);
            if (open.isPresent()) {
                request.idempotencyKey()
                        .ifPresent(k -> book.attach(open.get().id(), request.requester(), k, fingerprint));
                return new Outcome(new Taken(open.get(), true), null);
            }
            try {
                return new Outcome(insert(fresh, request.requester(), request.idempotencyKey(), fingerprint), null);
            } catch (KeyConflict e) {
                return new Outcome(null, e);
            }
        });
        if (outcome.conflict() != null) {
            throw outcome.conflict();
        }
        return outcome.taken();
    }

    private Taken insert(StoredOrder order, String requester, Optional<String> key, byte[] fingerprint)
            throws KeyConflict {
        try {
            transactions.executeWithoutResult(status -> book.insert(order, requester, key, fingerprint));
            return new Taken(order, false);
        } catch (DuplicateKeyException raced) {
            return repeated(requester, key, fingerprint).orElseThrow(() -> raced);
        }
    }

    private Optional<Taken> repeated(String requester, Optional<String> key, byte[] fingerprint) throws KeyConflict {
        Optional<OrderBook.Earlier> earlier =
                key.flatMap(k -> book.earlier(requester, k).or(() -> book.attached(requester, k)));
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        if (!Arrays.equals(earlier.get().fingerprint(), fingerprint)) {
            throw new KeyConflict(earlier.get().order().id());
        }
        return Optional.of(new Taken(earlier.get().order(), true));
    }

    /** Existence, commissioning and state, before anything is sent (R22). */
    static Optional<Ko> refusal(Optional<MeterState> meter) {
        if (meter.isEmpty()) {
            return Optional.of(Ko.UNKNOWN_METER);
        }
        return switch (meter.get()) {
            case REGISTERED -> Optional.of(Ko.NOT_BOUND);
            case BOUND -> Optional.of(Ko.NOT_COMMISSIONED);
            case SUSPENDED -> Optional.of(Ko.SUSPENDED);
            case REMOVED -> Optional.of(Ko.UNKNOWN_METER);
            case COMMISSIONED -> Optional.empty();
        };
    }

    static String words(Ko ko, String meter) {
        return switch (ko) {
            case UNKNOWN_METER -> "no meter " + meter + " is in service; nothing was sent";
            case NOT_BOUND -> "meter " + meter + " is bound to no concentrator; nothing was sent";
            case NOT_COMMISSIONED -> "meter " + meter + " is not commissioned; nothing was sent";
            case SUSPENDED -> "meter " + meter + " is suspended; nothing was sent";
            default -> ko.name();
        };
    }

    /**
     * Ends an order; the concentrator is told to give it up.
     *
     * @return false when the order was over already
     */
    public boolean cancel(String id, String by) {
        Optional<StoredOrder> before = book.find(id);
        boolean over = end(id, by);
        before.filter(o -> over && o.sentAt().isPresent()).ifPresent(this::giveUp);
        return over;
    }

    /** Lost on the way it costs a reading that nobody waits for. */
    private void giveUp(StoredOrder o) {
        Instant now = clock.instant();
        Order cancel = new Order(
                CANCEL_PREFIX + UUID.randomUUID(),
                Order.Type.CANCEL,
                Optional.empty(),
                Optional.empty(),
                Order.Source.METER,
                o.deadline(),
                Map.of("order", o.id()));
        Duration left = Duration.between(now, o.deadline());
        if (left.isNegative() || left.isZero()) {
            return;
        }
        try {
            downlink.getObject().order(o.gateway(), cancel, left);
        } catch (Downlink.LinkDownException e) {
            LOG.info("Order {} is cancelled and {} does not know: {}", o.id(), o.gateway(), e.getMessage());
        }
    }

    private boolean end(String id, String by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            boolean cancelled =
                    book.finish(id, OrderState.CANCELLED, Optional.of(Ko.CANCELLED), "centre", "cancelled by " + by);
            if (cancelled && book.find(id).filter(StoredOrder::bulk).isEmpty()) {
                pending.ended(id);
            }
            return cancelled;
        }));
    }

    @Override
    public void receipt(String gateway, String order) {
        book.received(order, gateway);
    }

    static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
