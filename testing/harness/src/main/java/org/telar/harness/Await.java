package org.telar.harness;

import java.time.Duration;
import java.util.Optional;

/** Waits for a condition by asking again and again, never longer than its deadline. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Await() {}

    /** A question that may fail while the other side is still starting. */
    @FunctionalInterface
    public interface Probe<T> {
        /** An answer, or empty for "not yet". A {@link HarnessException} ends the waiting. */
        Optional<T> ask() throws HarnessException, InterruptedException;
    }

    /**
     * Asks until there is an answer.
     *
     * @param what for the message, for example {@code "the collector's health"}
     * @throws HarnessException with {@link HarnessException#TIMEOUT} when the deadline passes
     */
    public static <T> T until(String what, Duration deadline, Probe<T> probe)
            throws HarnessException, InterruptedException {
        return until(what, deadline, PAUSE, probe);
    }

    /** As {@link #until(String, Duration, Probe)} with a pause of its own between two questions. */
    public static <T> T until(String what, Duration deadline, Duration pause, Probe<T> probe)
            throws HarnessException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<T> answer = probe.ask();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() >= end) {
                throw new HarnessException(
                        HarnessException.TIMEOUT, "waited " + deadline.toSeconds() + " s for " + what + " in vain");
            }
            Thread.sleep(pause.toMillis());
        }
    }

    /** Asks until the condition holds. */
    public static void untilTrue(String what, Duration deadline, Probe<Boolean> probe)
            throws HarnessException, InterruptedException {
        untilTrue(what, deadline, PAUSE, probe);
    }

    /** As {@link #untilTrue(String, Duration, Probe)} with a pause of its own between two questions. */
    public static void untilTrue(String what, Duration deadline, Duration pause, Probe<Boolean> probe)
            throws HarnessException, InterruptedException {
        until(what, deadline, pause, () -> probe.ask().filter(Boolean::booleanValue));
    }
}
