package org.telar.collector.api;

import java.security.Principal;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.orders.Orders;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.registry.Configurations;
import org.telar.collector.registry.Gateways;
import org.telar.contract.Agenda;
import org.telar.contract.Order;

/** What a concentrator does on demand, its configuration, and the accessibility of both kinds of devices (R47, R92). */
@RestController
@RequestMapping("/api/v1")
class ActivityController {
    private static final int MOST_CHANGES = 1_000;

    private final Orders orders;
    private final Gateways gateways;
    private final Configurations configurations;
    private final JdbcTemplate jdbc;
    private final Duration deadline;

    /** @param cause code of D13, where one is known */
    record Change(Instant at, String state, String cause) {}

    ActivityController(
            Orders orders,
            Gateways gateways,
            Configurations configurations,
            JdbcTemplate jdbc,
            CollectorSettings settings) {
        this.orders = orders;
        this.gateways = gateways;
        this.configurations = configurations;
        this.jdbc = jdbc;
        this.deadline = settings.orders().runDeadline();
    }

    /** Runs an activity of the agenda now; the order tells what became of it. */
    @PostMapping("/gateways/{id}/activities/{type}")
    ResponseEntity<Map<String, String>> run(
            @PathVariable String id,
            @PathVariable String type,
            @RequestHeader(name = "Idempotency-Key", required = false) String key,
            Principal who) {
        require(id);
        if (Arrays.stream(Agenda.Type.values()).noneMatch(t -> t.name().equals(type))) {
            throw new BadInput("UNKNOWN_ACTIVITY", type, Arrays.toString(Agenda.Type.values()));
        }
        try {
            Orders.Taken taken = orders.createForGateway(
                    "o-" + UUID.randomUUID(),
                    Order.Type.RUN_ACTIVITY,
                    id,
                    Map.of("activity", type),
                    deadline,
                    who.getName(),
                    Optional.ofNullable(key));
            return ResponseEntity.status(taken.repeated() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                    .body(Map.of("order", taken.order().id()));
        } catch (Orders.KeyConflict e) {
            throw new Problem(HttpStatus.CONFLICT, "IDEMPOTENCY_KEY", e.getMessage());
        }
    }

    /** Values that replace the gateway's own; {@code in-force} tells what it said of them. */
    @PutMapping("/gateways/{id}/config")
    Map<String, Object> config(@PathVariable String id, @RequestBody Map<String, String> values) {
        require(id);
        return Map.of("gateway", id, "version", configurations.set(id, values));
    }

    @GetMapping("/meters/{number}/reachability")
    List<Change> meter(@PathVariable String number) {
        return changes("METER", number);
    }

    @GetMapping("/gateways/{id}/reachability")
    List<Change> gateway(@PathVariable String id) {
        require(id);
        return changes("GATEWAY", id);
    }

    /** Newest first. */
    private List<Change> changes(String kind, String device) {
        return jdbc.query(
                "SELECT at, state, cause FROM reach_change WHERE kind = ? AND device = ? ORDER BY id DESC LIMIT ?",
                (r, n) -> new Change(((Timestamp) r.getObject(1)).toInstant(), r.getString(2), r.getString(3)),
                kind,
                device,
                MOST_CHANGES);
    }

    private void require(String id) {
        if (gateways.find(id).filter(Gateways.Gateway::registered).isEmpty()) {
            throw new Problem(HttpStatus.NOT_FOUND, new BadInput("UNKNOWN_GATEWAY", id));
        }
    }
}
