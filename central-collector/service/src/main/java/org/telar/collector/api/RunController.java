package org.telar.collector.api;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.n2pload.LoadGaps;
import org.telar.collector.n2pload.LoadRuns;
import org.telar.collector.orders.Orders;
import org.telar.collector.orders.RunOrders;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.registry.Gateways;

/** N2PLoad: runs, their outcome by meter, and gaps. */
@RestController
@RequestMapping("/api/v1")
class RunController {
    private final RunOrders starter;
    private final LoadRuns runs;
    private final LoadGaps gaps;
    private final Gateways gateways;
    private final Duration defaultDeadline;

    /** @param deadline ISO-8601 duration, for example PT2H */
    record Request(Duration deadline) {}

    record Started(String run, String gateway, String state, Instant deadline) {}

    /** @param counts meters by outcome */
    record View(
            String run,
            String gateway,
            String origin,
            String state,
            Instant orderedAt,
            Optional<Instant> deadline,
            Optional<Instant> started,
            Optional<Instant> finished,
            Optional<Instant> judgedAt,
            Optional<Boolean> complete,
            String detail,
            Map<String, Long> counts,
            List<LoadRuns.MeterOutcome> meters) {}

    RunController(RunOrders starter, LoadRuns runs, LoadGaps gaps, Gateways gateways, CollectorSettings settings) {
        this.starter = starter;
        this.runs = runs;
        this.gaps = gaps;
        this.gateways = gateways;
        this.defaultDeadline = settings.orders().runDeadline();
    }

    @PostMapping("/gateways/{id}/n2pload")
    ResponseEntity<Started> start(
            @PathVariable String id,
            @RequestBody(required = false) Request request,
            @RequestHeader(name = "Idempotency-Key", required = false) String key,
            Principal requester) {
        if (gateways.find(id).filter(Gateways.Gateway::registered).isEmpty()) {
            throw new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_GATEWAY", "There is no registered gateway " + id + ".");
        }
        Duration deadline = request == null || request.deadline() == null ? defaultDeadline : request.deadline();
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("a deadline is above zero and at most one day");
        }
        try {
            Orders.Taken taken = starter.start(id, deadline, requester.getName(), Optional.ofNullable(key));
            HttpStatus status = taken.repeated() ? HttpStatus.OK : HttpStatus.ACCEPTED;
            String state =
                    runs.find(taken.order().id()).map(LoadRuns.Run::state).orElse("ORDERED");
            return ResponseEntity.status(status)
                    .body(new Started(
                            taken.order().id(), id, state, taken.order().deadline()));
        } catch (Orders.KeyConflict e) {
            throw new Problem(HttpStatus.CONFLICT, "IDEMPOTENCY_KEY", e.getMessage());
        }
    }

    @GetMapping("/n2pload/runs/{id}")
    View run(@PathVariable String id) {
        LoadRuns.Run run = runs.find(id)
                .orElseThrow(() -> new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_RUN", "There is no run " + id + "."));
        return view(run, runs.outcomes(id));
    }

    @GetMapping("/n2pload/runs")
    Page<View> list(
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, runs.count(gateway), (l, o) -> runs.list(gateway, l, o), r -> view(r, List.of()));
    }

    @GetMapping("/gaps")
    Page<LoadGaps.Gap> gaps(
            @RequestParam Instant from,
            @RequestParam Instant to,
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, gaps.count(from, to, gateway), (l, o) -> gaps.list(from, to, gateway, l, o), g -> g);
    }

    private static View view(LoadRuns.Run r, List<LoadRuns.MeterOutcome> meters) {
        Map<String, Long> counts = new TreeMap<>();
        meters.forEach(m -> counts.merge(m.outcome().name(), 1L, Long::sum));
        return new View(
                r.id(),
                r.gateway(),
                r.origin(),
                r.state(),
                r.orderedAt(),
                r.deadline(),
                r.started(),
                r.finished(),
                r.judgedAt(),
                r.complete(),
                r.detail(),
                counts,
                meters);
    }
}
