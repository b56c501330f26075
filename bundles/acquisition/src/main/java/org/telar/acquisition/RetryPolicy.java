package org.telar.acquisition;

import java.time.Duration;
import java.util.List;

/**
 * When a failed visit is tried again.
 *
 * @param pauses before the second, third, ... attempt of a job; the number of them bounds the attempts
 * @param jitter share by which a pause varies to both sides, 0..1, so that meters of one fault do not return as a crowd
 * @param misses consecutive unanswered visits that make a meter UNREACHED; from then on one attempt a job
 * @param airtimeShare most of the airtime that retries may take while first attempts wait, 0..1
 */
public record RetryPolicy(List<Duration> pauses, double jitter, int misses, double airtimeShare) {
    /** At once, then after 30 s, 2, 10 and 30 min ± 20 %; UNREACHED after 3 misses; at most 15 % of airtime. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(
            List.of(
                    Duration.ZERO,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(30)),
            0.2,
            3,
            0.15);

    public RetryPolicy {
        pauses = List.copyOf(pauses);
        if (pauses.size() > 16 || jitter < 0 || jitter > 1 || misses < 1 || airtimeShare < 0 || airtimeShare > 1) {
            throw new IllegalArgumentException("retries: at most 16 pauses, jitter and share 0..1, misses >= 1, got "
                    + pauses + ", " + jitter + ", " + airtimeShare + ", " + misses);
        }
    }

    /** With other pauses. */
    public RetryPolicy withPauses(List<Duration> other) {
        return new RetryPolicy(other, jitter, misses, airtimeShare);
    }

    /**
     * The pause after the {@code attempts}-th attempt in nanoseconds, or -1 when there is none left.
     *
     * @param dice 0..1, chooses within the jitter
     */
    long pauseAfter(int attempts, double dice) {
        if (attempts > pauses.size()) {
            return -1;
        }
        return (long) (pauses.get(attempts - 1).toNanos() * (1 + jitter * (2 * dice - 1)));
    }
}
