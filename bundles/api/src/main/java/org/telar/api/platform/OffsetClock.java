package org.telar.api.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * UTC moved by an offset that is read from a file, so that several processes share one movable time (demo, tests).
 * Without a file it is the system clock. Timers do not use it: they are monotonic (R12 of reliability). Thread-safe.
 */
public final class OffsetClock extends Clock {
    /** System property that names the offset file. */
    public static final String FILE_PROPERTY = "telar.clock.file";

    private static final long REREAD_NANOS = Duration.ofMillis(200).toNanos();

    private final Path file;
    private final ZoneId zone;
    private volatile Duration offset = Duration.ZERO;
    private volatile long readAt;

    /** @param file holds one ISO-8601 duration, for example {@code P1D}; absent or empty means zero */
    public OffsetClock(Path file) {
        this(file, ZoneOffset.UTC);
    }

    private OffsetClock(Path file, ZoneId zone) {
        this.file = file;
        this.zone = zone;
        this.offset = read();
        this.readAt = System.nanoTime();
    }

    /** The process's clock: the system's, or moved when {@value #FILE_PROPERTY} is set. */
    public static Clock ofProcess() {
        String path = System.getProperty(FILE_PROPERTY, "");
        return path.isBlank() ? Clock.systemUTC() : new OffsetClock(Path.of(path));
    }

    @Override
    public Instant instant() {
        long now = System.nanoTime();
        if (now - readAt > REREAD_NANOS) {
            readAt = now;
            offset = read();
        }
        return Instant.now().plus(offset);
    }

    private Duration read() {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return text.isEmpty() ? Duration.ZERO : Duration.parse(text);
        } catch (IOException absent) {
            return Duration.ZERO;
        } catch (DateTimeException halfWritten) {
            return offset;
        }
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new OffsetClock(file, other);
    }
}
