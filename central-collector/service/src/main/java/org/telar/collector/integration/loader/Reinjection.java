package org.telar.collector.integration.loader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.files.LegacyFolder;

/**
 * Reinyección by an operator: a file that waits for its hour, was rejected, quarantined or discarded comes back into the
 * inbox now, when the cause is gone. A loaded file never does: its blocks put aside come one by one
 * ({@link BlockReplay}). Thread-safe; the same request twice has one effect.
 */
public final class Reinjection {
    private final DataSource legacy;
    private final LegacyFolder folder;
    private final RetryMemory retries;

    /** What became of the request. */
    public enum Result {
        /** It is in the inbox; the integrator takes it within seconds. */
        BACK,
        /** It is loaded: there is nothing to do. */
        LOADED,
        /** The file is neither in the inbox, nor in quarantine, nor in the archive any more. */
        GONE
    }

    public Reinjection(DataSource legacy, LegacyFolder folder) {
        this.legacy = legacy;
        this.folder = folder;
        this.retries = new RetryMemory(folder.retry());
    }

    /**
     * Brings a file back. The journal is told first: what fails afterwards can be asked for again.
     *
     * @throws SQLException when the database does not answer: nothing has changed
     */
    public Result reinject(LegacyFiles.File file) throws SQLException, IOException {
        if (file.state().equals("LOADED")) {
            return Result.LOADED;
        }
        Path inbox = folder.inbox().resolve(file.name());
        Path aside = folder.quarantine().resolve(file.name());
        Optional<Path> kept = Files.exists(inbox) || Files.exists(aside) ? Optional.empty() : archived(file);
        if (Files.notExists(inbox) && Files.notExists(aside) && kept.isEmpty()) {
            return Result.GONE;
        }
        again(file.id());
        retries.forget(file.name());
        if (Files.exists(aside)) {
            LegacyFolder.move(aside, inbox);
        } else if (kept.isPresent()) {
            unpack(kept.get(), inbox);
        }
        return Result.BACK;
    }

    private void again(long id) throws SQLException {
        try (Connection db = legacy.getConnection();
                PreparedStatement update = db.prepareStatement(
                        "UPDATE file_journal SET state = 'WRITTEN', code = '', reason = 'reinjected',"
                                + " attempts = 0, next_at = NULL, archived_at = NULL WHERE file_id = ?"
                                + " AND state <> 'LOADED'")) {
            update.setLong(1, id);
            update.executeUpdate();
        }
    }

    private Optional<Path> archived(LegacyFiles.File file) {
        return file.archivedAt()
                .map(at -> folder.archive()
                        .resolve(LocalDate.ofInstant(at, ZoneOffset.UTC).toString())
                        .resolve(file.name() + ".gz"))
                .filter(Files::exists);
    }

    private static void unpack(Path archived, Path inbox) throws IOException {
        LegacyFolder.write(
                inbox,
                out -> {
                    try (InputStream in = new GZIPInputStream(Files.newInputStream(archived), 1 << 16)) {
                        in.transferTo(out);
                    }
                },
                Arrows.QUIET);
    }
}
