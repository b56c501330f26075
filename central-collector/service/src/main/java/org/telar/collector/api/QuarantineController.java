package org.telar.collector.api;

import java.util.Map;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.ingest.IngestService;
import org.telar.collector.ingest.Quarantine;

/** What gateways sent and nobody could take (R13 of reliability). */
@RestController
@RequestMapping("/api/v1/quarantine")
class QuarantineController {
    private final IngestService ingest;
    private final JdbcTemplate jdbc;

    QuarantineController(IngestService ingest, JdbcTemplate jdbc) {
        this.ingest = ingest;
        this.jdbc = jdbc;
    }

    /** Newest first, with payloads in base64. */
    @GetMapping
    Page<Quarantine.Item> list(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "20") int size) {
        Long n = jdbc.queryForObject("SELECT count(*) FROM quarantine", Long.class);
        return Page.of(page, size, n == null ? 0 : n, ingest::quarantined, i -> i);
    }

    /** Tries one once more. */
    @PostMapping("/{id}/replay")
    Map<String, Object> replay(@PathVariable long id) {
        ingest.replay(id);
        return Map.of("id", id, "taken", true);
    }
}
