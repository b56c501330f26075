package org.telar.collector.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.platform.CollectorSettings;
import org.telar.collector.registry.Agendas;
import org.telar.collector.registry.Gateways;
import org.telar.collector.registry.MeterImport;
import org.telar.collector.registry.MeterState;
import org.telar.collector.registry.Meters;
import org.telar.contract.Agenda;

/** Concentrators and meters. */
@RestController
@RequestMapping("/api/v1")
class RegistryController {
    private final Gateways gateways;
    private final Meters meters;
    private final MeterImport meterImport;
    private final IngestService ingest;
    private final Agendas agendas;
    private final CollectorSettings settings;

    record GatewayRequest(String id, String name) {}

    record AgendaRequest(ZoneId zone, List<ActivityRequest> activities) {}

    /** Either {@code at}, a local time, or {@code everyMinutes}. */
    record ActivityRequest(String name, Agenda.Type type, Optional<LocalTime> at, Optional<Integer> everyMinutes) {
        Agenda.Activity activity() {
            if (name == null || !name.matches("[A-Za-z0-9._-]{1,32}") || type == null) {
                throw new IllegalArgumentException("an activity has a name of 1 to 32 of A-Z a-z 0-9 . _ - and a type");
            }
            int minutes = everyMinutes.orElse(0);
            if (at.isPresent() == (minutes != 0) || minutes < 0 || minutes > 1440) {
                throw new IllegalArgumentException(
                        "activity " + name + " runs either at a time or every 1 to 1440 minutes");
            }
            return new Agenda.Activity(name, type, at, minutes);
        }
    }

    record StateRequest(MeterState state, String gateway) {}

    RegistryController(
            Gateways gateways,
            Meters meters,
            MeterImport meterImport,
            IngestService ingest,
            Agendas agendas,
            CollectorSettings settings) {
        this.agendas = agendas;
        this.settings = settings;
        this.gateways = gateways;
        this.meters = meters;
        this.meterImport = meterImport;
        this.ingest = ingest;
    }

    @PostMapping("/gateways")
    ResponseEntity<Gateways.Gateway> register(@RequestBody GatewayRequest request) {
        if (request.id() == null) {
            throw new IllegalArgumentException("id is expected: the common name of the gateway's certificate");
        }
        var outcome = gateways.register(request.id(), request.name() == null ? "" : request.name());
        HttpStatus status = outcome == Gateways.Registration.CREATED ? HttpStatus.CREATED : HttpStatus.OK;
        return ResponseEntity.status(status).body(gateway(request.id()));
    }

    @GetMapping("/gateways")
    Page<Gateways.Gateway> gateways(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, gateways.count(), gateways::list, g -> g);
    }

    @GetMapping("/gateways/{id}")
    Gateways.Gateway gateway(@PathVariable String id) {
        return gateways.find(id)
                .orElseThrow(
                        () -> new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_GATEWAY", "There is no gateway " + id + "."));
    }

    /** What the concentrator does by itself (R92); it goes down at once, or as soon as there is a link. */
    @PutMapping("/gateways/{id}/agenda")
    Agenda agenda(@PathVariable String id, @RequestBody AgendaRequest request) {
        gateway(id);
        if (request.activities() == null) {
            throw new IllegalArgumentException("activities are expected, an empty list for none");
        }
        List<Agenda.Activity> activities =
                request.activities().stream().map(ActivityRequest::activity).toList();
        return agendas.set(id, request.zone() == null ? settings.zone() : request.zone(), activities);
    }

    @PostMapping(path = "/meters/import", consumes = "text/csv")
    MeterImport.Report importMeters(
            InputStream body,
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "false") boolean dryRun)
            throws IOException {
        BufferedReader csv = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        return meterImport.run(csv, gateway, dryRun);
    }

    @GetMapping("/meters")
    Page<Meters.Meter> meters(
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, meters.count(gateway, state), (l, o) -> meters.list(gateway, state, l, o), m -> m);
    }

    @GetMapping("/meters/{number}")
    Meters.Meter meter(@PathVariable String number) {
        return meters.find(number)
                .orElseThrow(
                        () -> new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_METER", "There is no meter " + number + "."));
    }

    /** Moves a meter in its life; what was held for it is taken when it comes into service. */
    @PostMapping("/meters/{number}/state")
    Meters.Meter state(@PathVariable String number, @RequestBody StateRequest request) {
        if (request.state() == null) {
            throw new IllegalArgumentException("state is expected");
        }
        meter(number);
        String gateway = request.gateway() == null ? "" : request.gateway();
        if (!gateway.isEmpty()) {
            gateway(gateway);
        }
        try {
            meters.put(new Meters.Entry(number, request.state(), gateway, "", "", "", ""));
        } catch (Meters.RefusedEntry e) {
            throw new Problem(HttpStatus.CONFLICT, "METER_STATE", e.getMessage());
        }
        ingest.release();
        return meter(number);
    }
}
