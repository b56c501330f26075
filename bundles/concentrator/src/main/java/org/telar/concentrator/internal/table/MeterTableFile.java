package org.telar.concentrator.internal.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.telar.api.platform.DurableFile;

/**
 * The table's file, watched by its time and size. A good table is kept as last good copy; a broken file never replaces
 * a good table (R8 of reliability). Not thread-safe: one caller.
 */
public final class MeterTableFile {
    private static final Logger LOG = LoggerFactory.getLogger(MeterTableFile.class);
    private static final long MAX_BYTES = 8L << 20;

    private final Path file;
    private final Path lastGood;
    private FileTime modified = FileTime.fromMillis(0);
    private long size = -1;

    /** @param lastGood where the agent keeps its copy, in its own data folder */
    public MeterTableFile(Path file, Path lastGood) {
        this.file = file;
        this.lastGood = lastGood;
    }

    /**
     * The table at start: the file's, or the last good copy when the file is broken.
     *
     * @throws TableException when neither is any good, with what is wrong with the file
     */
    public MeterTable load() throws TableException {
        try {
            return read();
        } catch (TableException broken) {
            MeterTable kept = keptCopy(broken);
            LOG.error(
                    "{}. The last good copy with {} meters is used.",
                    broken.getMessage(),
                    kept.all().size());
            java.util.List<String> problems = new java.util.ArrayList<>();
            problems.add(broken.getMessage() + "; the last good copy is used");
            problems.addAll(kept.problems());
            return new MeterTable(kept.entries(), problems);
        }
    }

    private MeterTable keptCopy(TableException broken) throws TableException {
        try {
            Optional<String> copy = DurableFile.read(lastGood);
            if (copy.isPresent()) {
                return MeterTableParser.parse(lastGood.toString(), copy.get());
            }
        } catch (IOException | TableException e) {
            throw new TableException(
                    broken.getMessage() + "; the last good copy is of no use either: " + e.getMessage());
        }
        throw new TableException(broken.getMessage() + "; there is no last good copy");
    }

    /** The new table when the file has changed and is good; a broken one is logged once and changes nothing. */
    public Optional<MeterTable> poll() {
        try {
            if (Files.getLastModifiedTime(file).equals(modified) && Files.size(file) == size) {
                return Optional.empty();
            }
            return Optional.of(read());
        } catch (IOException | TableException e) {
            if (size != -2) {
                LOG.error("{}. The meter table in use stays.", e.getMessage());
            }
            return Optional.empty();
        }
    }

    private MeterTable read() throws TableException {
        try {
            FileTime time = Files.getLastModifiedTime(file);
            long bytes = Files.size(file);
            if (bytes > MAX_BYTES) {
                throw new TableException(file + ": at most " + MAX_BYTES + " bytes expected, got " + bytes);
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            modified = time;
            size = bytes;
            MeterTable table = MeterTableParser.parse(file.toString(), text);
            if (table.all().isEmpty() && !table.problems().isEmpty()) {
                throw new TableException(
                        "no line is any good, the first: " + table.problems().get(0));
            }
            table.problems().forEach(p -> LOG.error("Meter table: {}", p));
            DurableFile.write(lastGood, text);
            return table;
        } catch (IOException e) {
            size = -2;
            throw new TableException("cannot read the meter table " + file + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "there is no such file" : e.toString();
    }
}
