package org.telar.platform.linux.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a small program of the system, with a deadline and a bound on its answer. */
final class Command {
    private static final long LONGEST_SECONDS = 5;
    private static final int MOST_BYTES = 256 << 10;

    private Command() {}

    /** Its output when it ended well; empty when there is no such program, it failed or took too long. */
    static Optional<String> run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException noSuchProgram) {
            return Optional.empty();
        }
        try {
            process.getOutputStream().close();
            // Read before waiting: a full pipe would keep it from ending. The kill ends a read that hangs.
            Thread guard = new Thread(() -> kill(process), "deadline-of-" + command.get(0));
            guard.setDaemon(true);
            guard.start();
            byte[] out = process.getInputStream().readNBytes(MOST_BYTES);
            boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0
                    ? Optional.of(new String(out, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void kill(Process process) {
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
