package org.telar.collector.api;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.integration.Lag;
import org.telar.collector.integration.loader.BlockReplay;
import org.telar.collector.integration.loader.LegacyFiles;
import org.telar.collector.integration.loader.Outcome;
import org.telar.collector.integration.loader.Reinjection;

/** Entrega a Legacy: files, what was put aside, reinyección, lag. */
@RestController
@RequestMapping("/api/v1/legacy")
class LegacyController {
    private static final Instant ALWAYS = Instant.parse("9999-01-01T00:00:00Z");
    private static final int MAX_BLOCKS = 1_000;

    private final LegacyFiles files;
    private final Reinjection reinjection;
    private final BlockReplay blocks;
    private final Lag lag;

    record Shown(LegacyFiles.File file, List<LegacyFiles.Block> blocks) {}

    record Quarantine(List<LegacyFiles.File> files, List<LegacyFiles.Block> blocks, long totalBlocks) {}

    /** @param result BACK, LOADED or REJECTED */
    record Reinjected(String what, String id, String result, String code, String reason) {}

    LegacyController(LegacyFiles files, Reinjection reinjection, BlockReplay blocks, Lag lag) {
        this.files = files;
        this.reinjection = reinjection;
        this.blocks = blocks;
        this.lag = lag;
    }

    @GetMapping("/files")
    Page<LegacyFiles.File> files(
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(required = false) Instant from,
            @RequestParam(required = false) Instant to,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        LegacyFiles.Filter filter =
                new LegacyFiles.Filter(state, text, from == null ? Instant.EPOCH : from, to == null ? ALWAYS : to);
        return Page.of(page, size, files.count(filter), (l, o) -> files.list(filter, l, o), f -> f);
    }

    @GetMapping("/files/{key}")
    Shown file(@PathVariable String key) {
        LegacyFiles.File file = find(key);
        return new Shown(file, files.blocks(file.id(), MAX_BLOCKS, 0));
    }

    /** What a person must look at: files put aside, and blocks of files that were loaded without them. */
    @GetMapping("/quarantine")
    Quarantine quarantine() {
        LegacyFiles.Filter rejected = new LegacyFiles.Filter("REJECTED", "", Instant.EPOCH, ALWAYS);
        LegacyFiles.Filter quarantined = new LegacyFiles.Filter("QUARANTINED", "", Instant.EPOCH, ALWAYS);
        List<LegacyFiles.File> aside = new java.util.ArrayList<>(files.list(quarantined, Page.MAX_SIZE, 0));
        aside.addAll(files.list(rejected, Page.MAX_SIZE, 0));
        return new Quarantine(aside, files.blocks(0, MAX_BLOCKS, 0), files.waitingBlocks());
    }

    @PostMapping("/files/{key}/reinject")
    Reinjected reinject(@PathVariable String key) throws IOException {
        LegacyFiles.File file = find(key);
        try {
            return switch (reinjection.reinject(file)) {
                case BACK -> new Reinjected("file", Long.toString(file.id()), "BACK", "", "");
                case LOADED ->
                    throw new Problem(
                            HttpStatus.CONFLICT,
                            "FILE_LOADED",
                            "File " + file.name() + " is loaded; what was put aside of it are its blocks.");
                case GONE ->
                    throw new Problem(
                            HttpStatus.GONE,
                            "FILE_GONE",
                            "File " + file.name()
                                    + " is neither in the inbox, nor in quarantine, nor in the archive any"
                                    + " more; put it into the inbox again.");
            };
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("legacy", e);
        }
    }

    @PostMapping("/blocks/{id}/reinject")
    Reinjected block(@PathVariable long id) {
        try {
            Outcome outcome = blocks.replay(id);
            if (outcome.state() == Outcome.State.KNOWN) {
                throw new Problem(
                        HttpStatus.NOT_FOUND,
                        "UNKNOWN_BLOCK",
                        "No block " + id + " waits: it is loaded, or never was.");
            }
            return new Reinjected("block", Long.toString(id), outcome.state().name(), outcome.code(), outcome.reason());
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("legacy", e);
        }
    }

    @GetMapping("/lag")
    Lag.Report lag() throws IOException {
        try {
            return lag.report();
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("legacy", e);
        }
    }

    private LegacyFiles.File find(String key) {
        return files.find(key)
                .orElseThrow(() -> new Problem(
                        HttpStatus.NOT_FOUND,
                        "UNKNOWN_FILE",
                        "The journal knows no file by that number, name, MessageID or SHA-256: " + key + "."));
    }
}
