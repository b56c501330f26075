package org.telar.collector.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.backup.BackupConfiguration;
import org.telar.collector.backup.Backups;

/** Backups of the embedded databases, and their drills (R86). */
@RestController
@RequestMapping("/api/v1/backups")
class BackupController {
    private final BackupConfiguration.Keeper keeper;

    BackupController(BackupConfiguration.Keeper keeper) {
        this.keeper = keeper;
    }

    @GetMapping
    Backups.State list() {
        return backups().state();
    }

    /** Begins one; {@link #list} tells when it is complete. */
    @PostMapping
    ResponseEntity<Backups.State> begin() {
        return begun(backups().begin());
    }

    /** Restores one beside the databases, compares every table, removes it again. */
    @PostMapping("/{id}/drill")
    ResponseEntity<Backups.State> drill(@PathVariable String id) {
        if (!backups().exists(id)) {
            throw new Problem(HttpStatus.NOT_FOUND, "UNKNOWN_BACKUP", "There is no backup " + id + ".");
        }
        return begun(backups().beginDrill(id));
    }

    private ResponseEntity<Backups.State> begun(boolean begun) {
        if (!begun) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "BACKUP_BUSY",
                    "A backup or a drill is under way: " + backups().state().working() + ".");
        }
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(backups().state());
    }

    private Backups backups() {
        return keeper.backups()
                .orElseThrow(() -> new Problem(
                        HttpStatus.CONFLICT,
                        "BACKUP_EXTERNAL",
                        "The databases are on a server of the site's: use its own tools (pg_basebackup, pg_dump)."));
    }
}
