package org.telar.collector.api;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.events.EventStore;
import org.telar.collector.security.Audit;
import tools.jackson.databind.json.JsonMapper;

/** The record of every change (S36, S37). */
@RestController
@RequestMapping("/api/v1/audit")
class AuditController {
    private static final int AT_ONCE = 1_000;
    private static final byte[] END = {'\n'};
    private static final JsonMapper JSON = JsonMapper.shared();
    private final Audit audit;
    private final EventStore events;

    /** @param type AUDIT or EVENT */
    record Line(String type, Object record) {}

    AuditController(Audit audit, EventStore events) {
        this.audit = audit;
        this.events = events;
    }

    @GetMapping
    Page<Audit.Entry> list(
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "1970-01-01T00:00:00Z") Instant from,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, audit.count(who, from), (l, o) -> audit.list(who, from, l, o), e -> e);
    }

    @GetMapping("/check")
    Audit.Check check() {
        return audit.check();
    }

    /** Audit and security events of a time as JSON lines, for the site's own log: the audit first. */
    @GetMapping(path = "/export", produces = "application/x-ndjson")
    void export(
            @RequestParam Instant from,
            @RequestParam(defaultValue = "9999-01-01T00:00:00Z") Instant to,
            HttpServletResponse response)
            throws IOException {
        response.setContentType("application/x-ndjson");
        OutputStream out = response.getOutputStream();
        long after = 0;
        List<Audit.Entry> page = audit.after(after, from, to, AT_ONCE);
        while (!page.isEmpty()) {
            for (Audit.Entry entry : page) {
                write(out, new Line("AUDIT", entry));
                after = entry.seq();
            }
            page = audit.after(after, from, to, AT_ONCE);
        }
        Optional<EventStore.Stored> last = Optional.empty();
        List<EventStore.Stored> more = events.security(from, to, last, AT_ONCE);
        while (!more.isEmpty()) {
            for (EventStore.Stored event : more) {
                write(out, new Line("EVENT", event));
                last = Optional.of(event);
            }
            more = events.security(from, to, last, AT_ONCE);
        }
    }

    private static void write(OutputStream out, Line line) throws IOException {
        out.write(JSON.writeValueAsBytes(line));
        out.write(END);
    }
}
