package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether the host says that its clock is synchronised: {@code timedatectl} where systemd runs (which asks the kernel,
 * adjtimex), chrony's tracking where that runs. Asked at most once a minute; thread-safe.
 */
final class TimeSynchronisation {
    /** What the host says. */
    enum State {
        YES,
        NO,
        /** No time service that could be asked: the collector's clock alone decides. */
        UNKNOWN
    }

    private static final long ASK_EVERY = Duration.ofMinutes(1).toNanos();
    private static final long LONGEST_SECONDS = 2;

    private final Path systemd;
    private final LongSupplier nanos;
    private State state;
    private long askedAt;

    TimeSynchronisation() {
        this(Path.of("/run/systemd/system"), System::nanoTime);
    }

    TimeSynchronisation(Path systemd, LongSupplier nanos) {
        this.systemd = systemd;
        this.nanos = nanos;
    }

    synchronized State state() {
        long now = nanos.getAsLong();
        if (state == null || now - askedAt > ASK_EVERY) {
            askedAt = now;
            state = Files.isDirectory(systemd)
                    ? ask("timedatectl", "show", "--property=NTPSynchronized")
                    : State.UNKNOWN;
        }
        return state;
    }

    private static State ask(String... command) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return State.UNKNOWN;
        }
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return State.UNKNOWN;
            }
            String answer = new String(process.getInputStream().readAllBytes()).strip();
            return answer.equals("NTPSynchronized=yes")
                    ? State.YES
                    : answer.equals("NTPSynchronized=no") ? State.NO : State.UNKNOWN;
        } catch (IOException e) {
            return State.UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return State.UNKNOWN;
        }
    }
}
