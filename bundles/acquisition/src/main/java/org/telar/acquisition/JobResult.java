package org.telar.acquisition;

import java.time.Duration;

import org.telar.api.model.Ko;

/** How a job ended: the meter answered everything, or why not. */
public sealed interface JobResult {
    /** Visits begun, at least 1 unless the job never started. */
    int attempts();

    /**
     * All steps of the work were done with the meter.
     *
     * @param airtime time the medium was held for it, all attempts
     */
    record Reached(int attempts, Duration airtime) implements JobResult {}

    /**
     * The work ended early. What its finished steps committed stays.
     *
     * @param detail one sentence
     */
    record Unreached(Ko ko, String detail, int attempts) implements JobResult {}
}
