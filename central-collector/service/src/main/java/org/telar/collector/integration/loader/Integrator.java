package org.telar.collector.integration.loader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.IntegrationAlarms;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.files.LegacyFolder;
import org.telar.collector.integration.files.Stability;

/**
 * Watches the inbox and loads what it finds, one file after the other. A file that fails for a reason outside of itself
 * comes back an hour later, up to a limit (R65); one whose content is at fault is put aside. A database that is down is
 * a state: told once, files wait untouched. One thread calls {@link #scan}; several integrators may share folder and
 * database.
 */
public final class Integrator {
    private static final Logger LOG = LoggerFactory.getLogger(Integrator.class);
    private static final int FILES_PER_SCAN = 500;
    private static final int LOST_RACES = 3;

    private final DataSource legacy;
    private final LegacyFolder folder;
    private final LoaderSettings settings;
    private final Clock clock;
    private final IntegrationAlarms alarms;
    private final Arrows arrows;
    private final FileLoader loader;
    private final RetryMemory retries;
    private final Archive archive;
    private final Stability stability;
    private boolean down;

    /** @param nanos monotonic clock */
    public Integrator(
            DataSource legacy,
            LegacyFolder folder,
            LoaderSettings settings,
            ReadingTypes types,
            Qualities qualities,
            Clock clock,
            LongSupplier nanos,
            IntegrationAlarms alarms,
            Arrows arrows) {
        this.legacy = legacy;
        this.folder = folder;
        this.settings = settings;
        this.clock = clock;
        this.alarms = alarms;
        this.arrows = arrows;
        this.loader = new FileLoader(types, qualities, settings, clock, arrows);
        this.retries = new RetryMemory(folder.retry());
        this.archive = new Archive(folder, clock);
        this.stability = new Stability(settings.stableFor(), nanos);
    }

    /**
     * One look at the inbox.
     *
     * @return files that were settled: loaded, discarded, rejected, quarantined, or known before
     */
    public int scan() throws IOException {
        List<Path> files = files();
        stability.keepOnly(new HashSet<>(files));
        int settled = 0;
        for (Path file : files) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            if (stability.stable(file) && due(file)) {
                Optional<Connection> db = connect();
                if (db.isEmpty()) {
                    break;
                }
                settled += attempt(db.get(), file) ? 1 : 0;
            }
        }
        return settled;
    }

    /** Deletes what the archive has kept long enough. @return days deleted */
    public int tidy() throws IOException {
        return archive.forget(settings.keepArchive());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder.inbox())) {
            return all.filter(Integrator::candidate)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(FILES_PER_SCAN)
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean candidate(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.endsWith(".tmp") && !name.endsWith(".part") && name.length() <= 200;
    }

    private boolean due(Path file) {
        return retries.of(file.getFileName().toString())
                .map(r -> !clock.instant().isBefore(r.next()))
                .orElse(true);
    }

    private Optional<Connection> connect() {
        try {
            Connection db = legacy.getConnection();
            if (down) {
                down = false;
                LOG.info("The Legacy database answers again.");
                alarms.raise(IntegrationAlarms.LEGACY_UP, "legacy", "The Legacy database answers again.");
            }
            return Optional.of(db);
        } catch (SQLException e) {
            down(e);
            return Optional.empty();
        }
    }

    private void down(SQLException e) {
        if (!down) {
            down = true;
            String text = "The Legacy database does not answer (" + e.getMessage() + "); files wait in "
                    + folder.inbox() + ".";
            LOG.error(text);
            alarms.raise(IntegrationAlarms.LEGACY_DOWN, "legacy", text);
        }
    }

    private boolean attempt(Connection db, Path file) throws IOException {
        try (db) {
            byte[] sha256 = FileLoader.sha256(file);
            Outcome outcome = load(db, file, sha256);
            return switch (outcome.state()) {
                case BUSY -> {
                    stability.unsettle(file);
                    yield false;
                }
                default -> {
                    settle(db, file, sha256, outcome);
                    yield true;
                }
            };
        } catch (NoSuchFileException e) {
            return false; // another integrator was quicker
        } catch (SQLException e) {
            if (connectionFault(e)) {
                down(e);
            }
            return failed(file, "5.3", "database: " + e.getMessage());
        } catch (IOException e) {
            return failed(file, "5.3", "file: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Loading {} failed unexpectedly", file.getFileName(), e);
            return failed(file, "5.3", "unexpected: " + e);
        }
    }

    /** Two integrators may cross each other's rows; the one that the server picks simply starts again. */
    private Outcome load(Connection db, Path file, byte[] sha256) throws SQLException, IOException {
        for (int race = 0; ; race++) {
            try {
                return loader.load(db, file, sha256);
            } catch (SQLException e) {
                boolean lost = "40P01".equals(e.getSQLState()) || "40001".equals(e.getSQLState());
                if (!lost || race >= LOST_RACES) {
                    throw e;
                }
            }
        }
    }

    private void settle(Connection db, Path file, byte[] sha256, Outcome outcome) throws IOException, SQLException {
        String name = file.getFileName().toString();
        boolean again = outcome.state() == Outcome.State.KNOWN
                && Journal.find(db, sha256).map(Journal.Entry::archived).orElse(false);
        if (outcome.state() == Outcome.State.REJECTED) {
            archive.quarantine(file);
            LOG.warn("File {} rejected: {} {}", name, outcome.code(), outcome.reason());
        } else {
            archive.keep(file);
            if (outcome.code().equals(Outcome.CONFLICTS)) {
                alarms.raise(
                        IntegrationAlarms.READING_CONFLICT,
                        name,
                        "File " + name + ": " + outcome.reason() + "; see reading_conflict in the Legacy database.");
            }
            if (outcome.state() == Outcome.State.DISCARDED) {
                LOG.info("File {} discarded: {}", name, outcome.reason());
            }
        }
        arrows.passed(Arrows.Arrow.ARCHIVED);
        Journal.archived(db, sha256, again, clock.instant());
        retries.forget(name);
    }

    /** Notes a failure that is not the content's, on disk first: the database may be what failed. */
    private boolean failed(Path file, String code, String reason) throws IOException {
        String name = file.getFileName().toString();
        int attempts = retries.of(name).map(RetryMemory.Entry::attempts).orElse(0) + 1;
        boolean enough = attempts >= settings.maximumAttempts();
        Instant next = clock.instant().plus(settings.retryAfter());
        Outcome outcome = new Outcome(enough ? Outcome.State.QUARANTINED : Outcome.State.RETRY_WAIT, code, reason);
        journal(file, outcome, next);
        if (enough) {
            archive.quarantine(file);
            retries.forget(name);
            String text = "File " + name + " failed " + attempts + " times, last: " + reason + "; it is in "
                    + folder.quarantine() + ".";
            LOG.error(text);
            alarms.raise(IntegrationAlarms.FILE_QUARANTINED, name, text);
        } else {
            retries.remember(name, new RetryMemory.Entry(attempts, next, code, reason));
            LOG.warn("File {} comes back at {} (attempt {}): {}", name, next, attempts, reason);
        }
        return enough;
    }

    /** Best effort: when the database is down, the memory on disk is what counts. */
    private void journal(Path file, Outcome outcome, Instant next) {
        if (down) {
            return;
        }
        try (Connection db = legacy.getConnection()) {
            byte[] sha256 = FileLoader.sha256(file);
            Optional<Journal.Entry> known = Journal.find(db, sha256);
            long id = known.isPresent()
                    ? known.get().id()
                    : Journal.begin(db, file.getFileName().toString(), sha256, Files.size(file), clock.instant());
            boolean waits = outcome.state() == Outcome.State.RETRY_WAIT;
            Journal.settle(db, id, outcome, waits ? Optional.of(next) : Optional.empty());
        } catch (SQLException | IOException e) {
            LOG.debug("Failure of {} not journalled: {}", file.getFileName(), e.getMessage());
        }
    }

    private static boolean connectionFault(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return e instanceof SQLTransientConnectionException || state.startsWith("08") || state.startsWith("57P");
    }
}
