package org.telar.collector.api;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.api.model.MeterId;
import org.telar.api.model.TimeRange;
import org.telar.collector.orders.OrderAnswer;
import org.telar.collector.orders.OrderBook;
import org.telar.collector.orders.OrderRequest;
import org.telar.collector.orders.OrderState;
import org.telar.collector.orders.Orders;
import org.telar.collector.orders.StoredOrder;
import org.telar.contract.Order;

/** Actividades Online: one order to one meter. */
@RestController
@RequestMapping("/api/v1/orders")
class OrderController {
    private final Orders orders;
    private final OrderBook book;
    private final OrderAnswer answers;

    /** @param deadline ISO-8601 duration, for example PT5M */
    record Request(String meter, Order.Type type, Instant from, Instant to, Order.Source source, Duration deadline) {}

    /** @param answerMillis from the request to the answer */
    record View(
            String id,
            Order.Type type,
            String meter,
            String gateway,
            Order.Source source,
            Optional<Instant> from,
            Optional<Instant> to,
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
            Optional<Long> answerMillis,
            Optional<OrderAnswer.Answer> answer) {}

    OrderController(Orders orders, OrderBook book, OrderAnswer answers) {
        this.orders = orders;
        this.book = book;
        this.answers = answers;
    }

    @PostMapping
    ResponseEntity<View> create(
            @RequestBody Request r,
            @RequestHeader(name = "Idempotency-Key", required = false) String key,
            Principal requester) {
        if (r.meter() == null || r.type() == null) {
            throw new IllegalArgumentException("meter and type are expected");
        }
        Optional<TimeRange> range =
                r.from() == null && r.to() == null ? Optional.empty() : Optional.of(range(r.from(), r.to()));
        OrderRequest request = new OrderRequest(
                new MeterId(r.meter()),
                r.type(),
                range,
                r.source() == null ? Order.Source.METER : r.source(),
                Optional.ofNullable(r.deadline()),
                requester.getName(),
                Optional.ofNullable(key));
        try {
            Orders.Taken taken = orders.create(request);
            StoredOrder o = taken.order();
            if (o.state() == OrderState.REJECTED) {
                throw new Problem(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        o.ko(),
                        o.detail(),
                        Map.of("order", o.id(), "state", o.state(), "who", o.who()));
            }
            return ResponseEntity.status(taken.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                    .body(view(o, false));
        } catch (Orders.KeyConflict e) {
            throw new Problem(HttpStatus.CONFLICT, "IDEMPOTENCY_KEY", e.getMessage());
        }
    }

    private static TimeRange range(Instant from, Instant to) {
        if (from == null || to == null) {
            throw new IllegalArgumentException("from and to come together");
        }
        return new TimeRange(from, to);
    }

    @GetMapping("/{id}")
    View get(@PathVariable String id) {
        return view(find(id), true);
    }

    @GetMapping
    Page<View> list(
            @RequestParam(defaultValue = "") String meter,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        long total = book.count(meter, state);
        return Page.of(page, size, total, (l, o) -> book.list(meter, state, l, o), o -> view(o, false));
    }

    @DeleteMapping("/{id}")
    View cancel(@PathVariable String id, Principal by) {
        find(id);
        if (!orders.cancel(id, by.getName())) {
            throw new Problem(HttpStatus.CONFLICT, "ORDER_OVER", "Order " + id + " is over and cannot be cancelled.");
        }
        return get(id);
    }

    private StoredOrder find(String id) {
        return book.find(id)
                .orElseThrow(() -> new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_ORDER", "There is no order " + id + "."));
    }

    private View view(StoredOrder o, boolean withAnswer) {
        Optional<Long> millis =
                o.finishedAt().map(f -> Duration.between(o.createdAt(), f).toMillis());
        return new View(
                o.id(),
                o.type(),
                o.meter(),
                o.gateway(),
                o.source(),
                o.range().map(TimeRange::from),
                o.range().map(TimeRange::to),
                o.state(),
                o.ko(),
                o.who(),
                o.detail(),
                o.attempts(),
                o.createdAt(),
                o.deadline(),
                o.sentAt(),
                o.receiptAt(),
                o.finishedAt(),
                millis,
                withAnswer ? Optional.of(answers.of(o.id())) : Optional.empty());
    }
}
