package org.telar.collector.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.plans.PlanItem;
import org.telar.collector.plans.PlanRun;
import org.telar.collector.plans.Plans;
import org.telar.collector.plans.RefusalBook;
import org.telar.collector.plans.StoredPlan;

/** Planificación Masiva. */
@RestController
@RequestMapping("/api/v1/plans")
class PlanController {
    private final Plans plans;
    private final RefusalBook refusals;
    private final PlanRequests requests;

    /** @param until end of the retry's window */
    record Retry(Instant until) {}

    /** Items after one place; {@code next} is the place to go on after, empty at the end. */
    record Slice<T>(List<T> items, Optional<Integer> next) {}

    PlanController(Plans plans, RefusalBook refusals, PlanRequests requests) {
        this.plans = plans;
        this.refusals = refusals;
        this.requests = requests;
    }

    @PostMapping
    ResponseEntity<PlanView> create(
            @RequestBody PlanRequests.Body body,
            @RequestHeader(name = "Idempotency-Key", required = false) String key,
            Principal requester) {
        Plans.Taken taken = plans.create(requests.request(body, requester.getName(), Optional.ofNullable(key)));
        return ResponseEntity.status(taken.repeated() ? HttpStatus.OK : HttpStatus.CREATED)
                .body(view(taken.plan()));
    }

    @GetMapping
    Page<PlanView> list(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, plans.count(state), (l, o) -> plans.list(state, l, o), this::view);
    }

    @GetMapping("/{id}")
    PlanView get(@PathVariable String id) {
        return view(plans.find(id));
    }

    /** One number a line, any number of lines; a column header {@code meter} and further columns are allowed. */
    @PutMapping(
            path = "/{id}/meters",
            consumes = {"text/csv", "text/plain"})
    Map<String, Object> meters(@PathVariable String id, InputStream body) {
        int lines = plans.fill(id, new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
        return Map.of("plan", id, "lines", lines);
    }

    @PostMapping("/{id}/start")
    PlanView start(@PathVariable String id) {
        return view(plans.start(id));
    }

    @PostMapping("/{id}/pause")
    PlanView pause(@PathVariable String id) {
        return view(plans.pause(id));
    }

    @PostMapping("/{id}/resume")
    PlanView resume(@PathVariable String id) {
        return view(plans.resume(id));
    }

    @PostMapping("/{id}/cancel")
    PlanView cancel(@PathVariable String id) {
        return view(plans.cancel(id));
    }

    /** What failed or expired in the latest run, again. */
    @PostMapping("/{id}/retry")
    ResponseEntity<PlanRun> retry(@PathVariable String id, @RequestBody(required = false) Retry retry) {
        Optional<Instant> until = Optional.ofNullable(retry).map(Retry::until);
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(plans.retry(id, until));
    }

    @GetMapping("/{id}/runs")
    Page<PlanRun> runs(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        plans.find(id);
        return Page.of(page, size, plans.countRuns(id), (l, o) -> plans.runs(id, l, o), r -> r);
    }

    @GetMapping("/{id}/refusals")
    Slice<RefusalBook.Refusal> refusals(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "100") int size) {
        List<RefusalBook.Refusal> list = refusals.list(plans.find(id), after, bounded(size));
        return new Slice<>(
                list,
                list.size() < size
                        ? Optional.empty()
                        : Optional.of(list.get(list.size() - 1).line()));
    }

    /** Partial results, while the run goes on. */
    @GetMapping("/{id}/items")
    Slice<PlanItem> items(
            @PathVariable String id,
            @RequestParam(required = false) Long run,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "100") int size) {
        StoredPlan plan = plans.find(id);
        int commands = plan.spec().commands().size();
        // Commands of one meter stay together, so that a place is never cut in two.
        int limit = Math.max(1, bounded(size) / commands) * commands;
        List<PlanItem> list =
                plans.items(plan, plans.run(id, Optional.ofNullable(run)), state, after, limit + commands);
        return slice(list, limit);
    }

    private static Slice<PlanItem> slice(List<PlanItem> list, int limit) {
        if (list.size() <= limit) {
            return new Slice<>(list, Optional.empty());
        }
        int last = list.get(limit - 1).ord();
        return new Slice<>(list.stream().filter(i -> i.ord() <= last).toList(), Optional.of(last));
    }

    /** The same as CSV, all of it, row by row as the database gives them. */
    @GetMapping("/{id}/items.csv")
    void export(
            @PathVariable String id,
            @RequestParam(required = false) Long run,
            @RequestParam(defaultValue = "") String state,
            HttpServletResponse response)
            throws IOException {
        StoredPlan plan = plans.find(id);
        PlanRun of = plans.run(id, Optional.ofNullable(run));
        response.setContentType("text/csv; charset=utf-8");
        try (Writer csv = new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8)) {
            csv.write("place,meter,command,state,tries,order,ko,finished\n");
            plans.export(plan, of, state, item -> write(csv, item));
        }
    }

    private static void write(Writer csv, PlanItem i) {
        try {
            csv.write(i.ord() + "," + i.meter() + "," + i.command() + "," + i.state() + "," + i.tries() + ","
                    + i.order().orElse("") + "," + i.ko() + ","
                    + i.finishedAt().map(Instant::toString).orElse("") + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the reader went away", e);
        }
    }

    private static int bounded(int size) {
        if (size < 1 || size > Page.MAX_SIZE) {
            throw new BadInput("PAGE", Page.MAX_SIZE);
        }
        return size;
    }

    private PlanView view(StoredPlan plan) {
        return PlanView.of(plan, plans.current(plan.id()), plans.upcoming(plan));
    }
}
