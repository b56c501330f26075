package org.telar.platform.linux.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the host says that its clock is synchronised: {@code timedatectl} where systemd runs (which asks the kernel,
 * adjtimex), else chrony's tracking, else the NTP daemon's leap bits. Asked at most once a minute; thread-safe.
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

    private final Path systemd;
    private final Function<List<String>, Optional<String>> run;
    private final LongSupplier nanos;
    private State state;
    private long askedAt;

    TimeSynchronisation() {
        this(Path.of("/run/systemd/system"), Command::run, System::nanoTime);
    }

    /** @param run a program and its output, empty when it failed */
    TimeSynchronisation(Path systemd, Function<List<String>, Optional<String>> run, LongSupplier nanos) {
        this.systemd = systemd;
        this.run = run;
        this.nanos = nanos;
    }

    synchronized State state() {
        long now = nanos.getAsLong();
        if (state == null || now - askedAt > ASK_EVERY) {
            askedAt = now;
            state = ask();
        }
        return state;
    }

    private State ask() {
        if (Files.isDirectory(systemd)) {
            State said = said(
                    "NTPSynchronized=(yes)|NTPSynchronized=no", "timedatectl", "show", "--property=NTPSynchronized");
            if (said != State.UNKNOWN) {
                return said;
            }
        }
        State chrony = said(
                "Leap status\\s*:\\s*(?:(Normal|Insert second|Delete second)|Not synchronised)",
                "chronyc",
                "-n",
                "tracking");
        return chrony != State.UNKNOWN ? chrony : said("leap=(?:(00|01|10)|11)", "ntpq", "-c", "rv 0 leap");
    }

    /** @param pattern matches an answer; its group only when the clock is synchronised */
    private State said(String pattern, String... command) {
        return run.apply(List.of(command))
                .map(answer -> Pattern.compile(pattern).matcher(answer))
                .filter(Matcher::find)
                .map(m -> m.group(1) != null ? State.YES : State.NO)
                .orElse(State.UNKNOWN);
    }
}
