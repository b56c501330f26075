package org.telar.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Real UTC plus the offset in a file of one line (ISO-8601 duration). A missing or empty file means no offset; a broken
 * line keeps the last good one. The file is looked at every 200 ms at most. Thread safe.
 */
public final class SimulatorClock extends Clock {
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MAX_LENGTH = 100;

    private final Clock base;
    private final Optional<Path> file;
    private final ZoneId zone;
    private Duration offset = Duration.ZERO;
    private long lookedAt;
    private boolean complained;

    /** @param file where the offset is; empty for none */
    public SimulatorClock(Clock base, Optional<Path> file) {
        this(base, file, base.getZone());
    }

    private SimulatorClock(Clock base, Optional<Path> file, ZoneId zone) {
        this.base = base;
        this.file = file;
        this.zone = zone;
        this.lookedAt = System.nanoTime() - LOOK_EVERY;
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new SimulatorClock(base, file, other);
    }

    @Override
    public synchronized Instant instant() {
        if (file.isPresent() && System.nanoTime() - lookedAt >= LOOK_EVERY) {
            lookedAt = System.nanoTime();
            look(file.get());
        }
        return base.instant().plus(offset);
    }

    private void look(Path path) {
        try {
            if (!Files.exists(path)) {
                offset = Duration.ZERO;
                return;
            }
            String text = Files.size(path) > MAX_LENGTH
                    ? "(too long)"
                    : Files.readString(path).strip();
            offset = text.isEmpty() ? Duration.ZERO : Duration.parse(text);
            complained = false;
        } catch (IOException | DateTimeException e) {
            if (!complained) {
                System.err.println("clock file " + path + ": expected an ISO-8601 duration such as P1D on one line; "
                        + "kept the offset " + offset);
                complained = true;
            }
        }
    }
}
