package org.telar.collector.integration.loader;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

import org.telar.collector.integration.Arrows;
import org.telar.collector.integration.cim.CimException;
import org.telar.collector.integration.cim.MeterReadingsReader;
import org.telar.collector.integration.cim.Qualities;
import org.telar.collector.integration.cim.ReadingTypes;
import org.telar.collector.integration.files.LegacyFolder;

/**
 * Tries one file: integrity, then content and journal in one transaction (R64, R70). Idempotent by SHA-256 and
 * MessageID; several integrators exclude each other file by file. Each call stands alone; not thread-safe.
 */
final class FileLoader {
    private static final int BUFFER = 1 << 16;

    private final ReadingTypes types;
    private final Qualities qualities;
    private final LoaderSettings settings;
    private final Clock clock;
    private final Arrows arrows;

    /** The file is not what it was when its hash was taken. */
    private static final class Changed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    FileLoader(ReadingTypes types, Qualities qualities, LoaderSettings settings, Clock clock, Arrows arrows) {
        this.types = types;
        this.qualities = qualities;
        this.settings = settings;
        this.clock = clock;
        this.arrows = arrows;
    }

    /**
     * Loads a file or says why not.
     *
     * @param db autocommit on; left so
     * @param sha256 of the file
     * @throws SQLException when the database failed: nothing was loaded, or it was and will be found again as known
     * @throws IOException when the file could not be read
     */
    Outcome load(Connection db, Path file, byte[] sha256) throws SQLException, IOException {
        long size = Files.size(file);
        if (!lock(db, sha256)) {
            return Outcome.of(Outcome.State.BUSY);
        }
        try {
            Optional<Journal.Entry> known = Journal.find(db, sha256);
            if (known.isPresent() && known.get().settled()) {
                return Outcome.of(Outcome.State.KNOWN);
            }
            long id = Journal.begin(db, file.getFileName().toString(), sha256, size, clock.instant());
            Outcome outcome = attempt(db, file, sha256, size, id);
            if (outcome.state() == Outcome.State.BUSY) {
                Journal.written(db, id);
            } else if (outcome.state() != Outcome.State.LOADED) {
                Journal.settle(db, id, outcome, Optional.empty());
            }
            return outcome;
        } finally {
            unlock(db, sha256);
        }
    }

    private Outcome attempt(Connection db, Path file, byte[] sha256, long size, long id)
            throws SQLException, IOException {
        String name = file.getFileName().toString();
        if (size == 0) {
            return new Outcome(Outcome.State.REJECTED, CimException.SCHEMA, "the file is empty");
        }
        if (!LegacyFolder.nameFits(name, HexFormat.of().formatHex(sha256))) {
            return new Outcome(
                    Outcome.State.REJECTED,
                    CimException.SCHEMA,
                    "the content is not what the name says: SHA-256 is "
                            + HexFormat.of().formatHex(sha256));
        }
        db.setAutoCommit(false);
        try {
            long conflicts = transaction(db, file, sha256, id);
            return conflicts == 0
                    ? Outcome.of(Outcome.State.LOADED)
                    : new Outcome(
                            Outcome.State.LOADED, Outcome.CONFLICTS, conflicts + " value(s) contradict those held");
        } catch (CimException e) {
            db.rollback();
            boolean typeless = e.code().equals(CimException.NO_TYPE);
            return new Outcome(typeless ? Outcome.State.DISCARDED : Outcome.State.REJECTED, e.code(), e.getMessage());
        } catch (Changed e) {
            db.rollback();
            return Outcome.of(Outcome.State.BUSY);
        } catch (Dictionary.Wrapped e) {
            quietRollback(db);
            throw e.fault();
        } catch (UncheckedIOException e) {
            db.rollback();
            throw e.getCause();
        } catch (SQLException | RuntimeException | Error e) {
            quietRollback(db);
            throw e;
        } finally {
            if (!db.isClosed()) {
                db.setAutoCommit(true);
            }
        }
    }

    /** @return values that contradict those held */
    private long transaction(Connection db, Path file, byte[] sha256, long id)
            throws SQLException, IOException, CimException, Changed {
        Instant now = clock.instant();
        FileLoad load =
                new FileLoad(db, id, now, types, settings, messageId -> Journal.messageIdTaken(db, messageId, id));
        MessageDigest digest = digest();
        try (InputStream raw = new DigestInputStream(Files.newInputStream(file), digest);
                BufferedInputStream buffered = new BufferedInputStream(raw, BUFFER)) {
            MeterReadingsReader.read(plain(buffered), settings.limits(), true, qualities, load);
            buffered.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (CimException e) {
            if (!Arrays.equals(sha256, sha256(file))) {
                throw new Changed();
            }
            throw e;
        }
        if (!Arrays.equals(digest.digest(), sha256)) {
            throw new Changed();
        }
        Tally tally = load.finish();
        Journal.loaded(db, id, load.header(), tally, now);
        arrows.passed(Arrows.Arrow.LOADED_NOT_COMMITTED);
        db.commit();
        arrows.passed(Arrows.Arrow.COMMITTED);
        return tally.conflicts;
    }

    /** Unpacks gzip by its magic number; whoever puts files here may compress them. */
    private static InputStream plain(BufferedInputStream in) throws IOException, CimException {
        in.mark(2);
        int first = in.read();
        int second = in.read();
        in.reset();
        if (first != 0x1F || second != 0x8B) {
            return in;
        }
        try {
            return new GZIPInputStream(in, BUFFER);
        } catch (java.io.EOFException | java.util.zip.ZipException e) {
            throw new CimException(CimException.SCHEMA, "compression is broken: " + e.getMessage(), e);
        }
    }

    static byte[] sha256(Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return digest.digest();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean lock(Connection db, byte[] sha256) throws SQLException {
        return advisory(db, "SELECT pg_try_advisory_lock(?)", sha256);
    }

    /** A connection that broke has lost the lock with it. */
    private static void unlock(Connection db, byte[] sha256) {
        try {
            advisory(db, "SELECT pg_advisory_unlock(?)", sha256);
        } catch (SQLException e) {
            // the server ends the session, and the lock
        }
    }

    private static boolean advisory(Connection db, String sql, byte[] sha256) throws SQLException {
        try (PreparedStatement lock = db.prepareStatement(sql)) {
            lock.setLong(1, java.nio.ByteBuffer.wrap(sha256).getLong());
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void quietRollback(Connection db) {
        try {
            db.rollback();
        } catch (SQLException e) {
            // the first fault is the one to tell
        }
    }
}
