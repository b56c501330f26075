package org.telar.collector.api;

import java.time.Instant;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.security.Audit;

/** The record of every change (S36, S37). */
@RestController
@RequestMapping("/api/v1/audit")
class AuditController {
    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
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
}
