package org.telar.extraction.internal;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

import org.telar.api.model.MeterId;
import org.telar.api.model.Poll;
import org.telar.api.model.PollCodec;
import org.telar.api.model.TimeRange;
import org.telar.api.store.StoreException;
import org.telar.contract.ExtractionContent;
import org.telar.store.sqlite.internal.StoredReadings;

/** Makes the file: one meter and a week at a time, so that memory does not grow with the range. */
public final class Extraction {
    private static final Duration SLICE = Duration.ofDays(7);
    private static final String PATH = "local-extraction";

    private final Identity identity;
    private final Clock clock;

    /** What went into the file. */
    public record Done(int meters, int polls, long values, long damaged) {}

    public Extraction(Identity identity, Clock clock) {
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * @param progress hears of meters done, and of how many
     * @throws Refused when there is no store, or nothing in the range
     */
    public Done write(Path store, TimeRange range, Path file, BiConsumer<Integer, Integer> progress)
            throws Refused, IOException, GeneralSecurityException, StoreException {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try (StoredReadings readings = new StoredReadings(store)) {
            Done done = write(readings, range, partial, progress);
            if (done.polls() == 0) {
                throw new Refused(Refused.PRECONDITION, "NOTHING", range.from(), range.to());
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            return done;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private Done write(StoredReadings readings, TimeRange range, Path partial, BiConsumer<Integer, Integer> progress)
            throws IOException, GeneralSecurityException, StoreException {
        Instant created = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        var header = new ExtractionContent.Header(identity.gateway(), range.from(), range.to(), created);
        Files.deleteIfExists(partial);
        try (FileChannel channel = FileChannel.open(
                        partial,
                        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            Done done;
            try (Sealed sealed = new Sealed(new Unclosed(out), identity);
                    ExtractionContent.Writer content = new ExtractionContent.Writer(new Unclosed(sealed), header)) {
                done = meters(readings, range, created, content, progress);
            }
            out.flush();
            channel.force(true);
            return done;
        }
    }

    private static Done meters(
            StoredReadings readings,
            TimeRange range,
            Instant created,
            ExtractionContent.Writer content,
            BiConsumer<Integer, Integer> progress)
            throws IOException, StoreException {
        List<MeterId> meters = readings.meters();
        int with = 0;
        long values = 0;
        for (int i = 0; i < meters.size(); i++) {
            int before = content.polls();
            for (Instant from = range.from(); from.isBefore(range.to()); from = from.plus(SLICE)) {
                Instant end = from.plus(SLICE);
                TimeRange slice = new TimeRange(from, end.isBefore(range.to()) ? end : range.to());
                StoredReadings.OfMeter held = readings.of(meters.get(i), slice);
                if (!held.isEmpty()) {
                    Poll poll = poll(meters.get(i), created, held);
                    content.add(PollCodec.encode(poll));
                    values += poll.profileValueCount();
                }
            }
            with += content.polls() > before ? 1 : 0;
            progress.accept(i + 1, meters.size());
        }
        return new Done(with, content.polls(), values, readings.damaged());
    }

    private static Poll poll(MeterId meter, Instant created, StoredReadings.OfMeter held) {
        return new Poll(
                meter, created, PATH, Optional.empty(), Optional.empty(), held.profiles(), held.registers(), List.of());
    }

    /** Keeps the stream below open when the one above ends. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
