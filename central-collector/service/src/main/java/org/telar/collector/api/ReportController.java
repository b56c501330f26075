package org.telar.collector.api;

import java.io.IOException;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.reports.DataStore;
import org.telar.collector.reports.Dump;
import org.telar.collector.reports.Report;
import org.telar.collector.reports.ReportFilter;
import org.telar.collector.reports.ReportReader;
import org.telar.collector.reports.ReportWork;
import org.telar.collector.reports.Subscription;
import org.telar.collector.reports.Subscriptions;

/** Reports, data store, deliveries to interested parties, dump (R07 to R11, R87). */
@RestController
@RequestMapping("/api/v1/reports")
class ReportController {
    private final ReportReader reader;
    private final Subscriptions subscriptions;
    private final ReportWork work;

    record Listed(int number, String id, String title, List<String> columns, List<String> rowColumns) {}

    /** @param every ISO-8601 duration, of SCHEDULED */
    record Request(
            String party,
            List<String> reports,
            List<String> gateways,
            List<String> meters,
            Subscription.Mode mode,
            Duration every,
            Integer days,
            String target,
            String tokenFile) {}

    record Requested(long delivery) {}

    ReportController(ReportReader reader, Subscriptions subscriptions, ReportWork work) {
        this.reader = reader;
        this.subscriptions = subscriptions;
        this.work = work;
    }

    @GetMapping
    Map<String, List<Listed>> list(Locale locale) {
        return Map.of(
                "items",
                Arrays.stream(Report.values())
                        .map(r -> new Listed(r.number(), r.id(), r.title(locale), columns(r, false), columns(r, true)))
                        .toList());
    }

    /** Figures, or with {@code rows=true} the rows behind them. */
    @GetMapping(path = "/{key}", produces = "application/json")
    Map<String, Object> report(
            @PathVariable String key,
            @RequestParam(defaultValue = "false") boolean rows,
            @RequestParam(required = false) LocalDate from,
            @RequestParam(required = false) LocalDate to,
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "") String meter,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size,
            Locale locale)
            throws IOException {
        if (page < 0 || size < 1 || size > Page.MAX_SIZE) {
            throw new IllegalArgumentException("page starts at 0 and size is 1 to " + Page.MAX_SIZE);
        }
        Report report = find(key);
        try {
            ReportReader.Page found =
                    reader.page(report, rows, filter(from, to, gateway, meter), size, (long) page * size);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("report", report.id());
            answer.put("number", report.number());
            answer.put("title", report.title(locale));
            answer.put("asOf", found.asOf());
            answer.put("columns", found.columns());
            answer.put("items", found.items());
            answer.put("more", found.more());
            return answer;
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("report " + report.id(), e);
        }
    }

    /** The whole of it, as a stream. */
    @GetMapping(path = "/{key}/csv", produces = "text/csv")
    void csv(
            @PathVariable String key,
            @RequestParam(defaultValue = "false") boolean rows,
            @RequestParam(required = false) LocalDate from,
            @RequestParam(required = false) LocalDate to,
            @RequestParam(defaultValue = "") String gateway,
            @RequestParam(defaultValue = "") String meter,
            HttpServletResponse response)
            throws IOException {
        Report report = find(key);
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader(
                "Content-Disposition", "attachment; filename=\"" + report.id() + (rows ? "-rows" : "") + ".csv\"");
        try {
            reader.csv(report, rows, filter(from, to, gateway, meter), response.getOutputStream());
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("report " + report.id(), e);
        }
    }

    /** Brings the data store up to date now. */
    @PostMapping("/store")
    DataStore.Run store() {
        try {
            return work.load();
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("data store", e);
        }
    }

    /** Writes the dump of a local day now. */
    @PostMapping("/dump")
    Dump.Written dump(@RequestParam LocalDate day) throws IOException {
        return work.dump(day);
    }

    @GetMapping("/subscriptions")
    Map<String, List<Subscription>> subscriptions() {
        return Map.of("items", subscriptions.list());
    }

    @PostMapping("/subscriptions")
    ResponseEntity<Subscription> subscribe(@RequestBody Request r, Principal by) {
        if (r.party() == null || r.reports() == null || r.mode() == null) {
            throw new IllegalArgumentException("party, reports and mode are expected");
        }
        Subscription asked = new Subscription(
                "",
                r.party(),
                r.reports().stream().map(this::find).toList(),
                Optional.ofNullable(r.gateways()).orElse(List.of()),
                Optional.ofNullable(r.meters()).orElse(List.of()),
                r.mode(),
                Optional.ofNullable(r.every()).orElse(Duration.ZERO),
                Optional.ofNullable(r.days()).orElse(2),
                Optional.ofNullable(r.target()).orElse(""),
                Optional.ofNullable(r.tokenFile()).orElse(""),
                Optional.empty());
        return ResponseEntity.status(HttpStatus.CREATED).body(subscriptions.add(asked, by.getName()));
    }

    @DeleteMapping("/subscriptions/{id}")
    Map<String, String> unsubscribe(@PathVariable String id) {
        if (!subscriptions.remove(id)) {
            throw unknown(id);
        }
        return Map.of("id", id);
    }

    /** A delivery now, whatever the mode. */
    @PostMapping("/subscriptions/{id}/deliver")
    ResponseEntity<Requested> deliver(@PathVariable String id) {
        Subscription s = subscriptions.find(id).orElseThrow(() -> unknown(id));
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(new Requested(subscriptions.request(s, "ON_REQUEST")));
    }

    @GetMapping("/deliveries")
    Page<Subscriptions.Delivery> deliveries(
            @RequestParam(defaultValue = "") String party,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(
                page,
                size,
                subscriptions.countDeliveries(party),
                (l, o) -> subscriptions.deliveries(party, l, o),
                d -> d);
    }

    private List<String> columns(Report r, boolean rows) {
        try {
            return List.copyOf(reader.columns(r, rows));
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("report " + r.id(), e);
        }
    }

    private static ReportFilter filter(LocalDate from, LocalDate to, String gateway, String meter) {
        if (from != null && to != null && to.isBefore(from)) {
            throw new IllegalArgumentException("to is not before from");
        }
        return new ReportFilter(Optional.ofNullable(from), Optional.ofNullable(to), gateway, meter, Optional.empty());
    }

    private Report find(String key) {
        return Report.of(key)
                .orElseThrow(() -> new Problem(
                        HttpStatus.NOT_FOUND,
                        "UNKNOWN_REPORT",
                        "There is no report " + key + "; GET reports lists them."));
    }

    private static Problem unknown(String id) {
        return new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_SUBSCRIPTION", "There is no subscription " + id + ".");
    }
}
